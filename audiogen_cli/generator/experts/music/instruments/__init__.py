"""One file a synthesis model; `registry` plays a part with the entry of `knowledge/instruments` it names."""
