"""This station's own side: the journal, its work packets, the replica, posting, the feed and the print queue."""
