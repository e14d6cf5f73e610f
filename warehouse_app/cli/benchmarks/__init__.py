"""The benchmarks: each measures one promise about speed and gives its figures."""
