// The smallest useful Go program: what starting costs.
package main

import "fmt"

func main() { fmt.Println("hello from Go") }
