"""Where orders come from and stock levels go: one file a sales channel or file format."""
