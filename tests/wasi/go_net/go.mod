module skerry.example/go_net

go 1.24

require github.com/stealthrocket/net v0.2.1
