"""Files of data sets, fetched and unpacked."""
