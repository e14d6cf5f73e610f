"""The devices of this station: how each is, and how it is set up and tried out."""
