"""Who takes the parcel: labels, rates and tracking; one file a carrier."""
