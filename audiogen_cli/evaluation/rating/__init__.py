"""The listening test: what is rated, by whom, where it is kept, and the page it is done on."""
