// Command go_net is a guest that uses the network as Go programs do. Its first argument says how:
//
//	listener       net/http over the socket that --listen gave it; ends after GET /quit
//	sockets HOST   servers and clients over TCP and UDP that it opens itself on HOST, with
//	               github.com/stealthrocket/net; each line of output is one thing that worked
//	get URL        fetches URL with http.DefaultClient and prints the body
//	dial ADDRESS   tries to connect and prints what came of it
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	_ "github.com/stealthrocket/net/http"
	"github.com/stealthrocket/net/wasip1"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	return value
}

func handle(done chan bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := must(io.ReadAll(r.Body))
		fmt.Fprintf(w, "%s %s %d", r.Method, r.URL.Path, len(body))
		if r.URL.Path == "/quit" {
			close(done)
		}
	})
}

func listener() {
	first := must(strconv.Atoi(os.Getenv("LISTEN_FDS_START")))
	socket := must(net.FileListener(os.NewFile(uintptr(first), "listener")))
	fmt.Println(os.Getenv("LISTEN_FDS"), os.Getenv("LISTEN_FDNAMES"))
	done := make(chan bool)
	server := &http.Server{Handler: handle(done)}
	go server.Serve(socket)
	<-done
	server.Shutdown(context.Background())
}

// web serves and fetches: small, large, many at a time.
func web(address string) {
	socket := must(wasip1.Listen("tcp", address))
	server := &http.Server{Handler: handle(make(chan bool))}
	go server.Serve(socket)
	url := "http://" + socket.Addr().String()
	big := bytes.Repeat([]byte("x"), 1<<20)
	answers := make(chan string)
	const count = 20
	for i := range count {
		go func() {
			response := must(http.Post(fmt.Sprintf("%s/%d", url, i), "text/plain", bytes.NewReader(big)))
			defer response.Body.Close()
			answers <- string(must(io.ReadAll(response.Body)))
		}()
	}
	for range count {
		if answer := <-answers; !strings.HasSuffix(answer, " 1048576") {
			fmt.Println("wrong answer", answer)
			os.Exit(1)
		}
	}
	server.Close()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	fmt.Println("http", address)
}

func datagrams(address string) {
	server := must(wasip1.ListenPacket("udp", address))
	client := must(wasip1.ListenPacket("udp", address))
	must(client.WriteTo([]byte("ping"), server.LocalAddr()))
	buffer := make([]byte, 100)
	server.SetReadDeadline(time.Now().Add(5 * time.Second))
	size, from, err := server.ReadFrom(buffer)
	must(size, err)
	if string(buffer[:size]) != "ping" || from.String() != client.LocalAddr().String() {
		fmt.Println("wrong datagram", string(buffer[:size]), from, client.LocalAddr())
		os.Exit(1)
	}
	must(server.WriteTo([]byte("pong"), from))
	size, from, err = client.ReadFrom(buffer)
	must(size, err)
	if string(buffer[:size]) != "pong" || from.String() != server.LocalAddr().String() {
		fmt.Println("wrong answer", string(buffer[:size]), from)
		os.Exit(1)
	}
	fmt.Println("udp", address)
}

// deadlines: a read that nothing answers ends by its deadline; closing ends one from outside.
func deadlines(address string) {
	socket := must(wasip1.Listen("tcp", address))
	client := must(wasip1.Dial("tcp", socket.Addr().String()))
	server := must(socket.Accept())
	client.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err := client.Read(make([]byte, 1))
	fmt.Println("deadline", os.IsTimeout(err))
	client.SetReadDeadline(time.Time{})
	go func() {
		time.Sleep(20 * time.Millisecond)
		server.Close()
	}()
	_, err = client.Read(make([]byte, 1))
	fmt.Println("closed", err)
}

// refusals: what nobody listens to is refused.
func refusals(address string) {
	socket := must(wasip1.Listen("tcp", address))
	socket.Close()
	_, err := wasip1.Dial("tcp", socket.Addr().String())
	fmt.Println("refused", err != nil && strings.Contains(err.Error(), "refused"))
}

func main() {
	switch os.Args[1] {
	case "listener":
		listener()
	case "sockets":
		address := net.JoinHostPort(os.Args[2], "0")
		web(address)
		datagrams(address)
		deadlines(address)
		refusals(address)
	case "get":
		response := must(http.Get(os.Args[2]))
		fmt.Println(string(must(io.ReadAll(response.Body))))
	case "dial":
		_, err := wasip1.Dial("tcp", os.Args[2])
		fmt.Println("dial:", err)
	}
}
