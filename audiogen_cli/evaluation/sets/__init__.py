"""The paper's data sets, read from local folders, shards and lists."""
