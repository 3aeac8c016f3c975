"""Files of every format -> columns of a shard, checked at the door."""
