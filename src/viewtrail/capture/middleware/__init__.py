"""One file for each framework; each imports it only when it is used."""
