module skerry.example/go_files

go 1.26
