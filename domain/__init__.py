"""What an event is and what the log guarantees; knows no HTTP and no Lambda."""
