"""The arithmetic of good plans: allocation, routes, batches, cartons and forecasts; values in, values out."""
