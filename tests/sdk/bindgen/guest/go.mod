module skerry/tests/guest

go 1.24
