package main

import (
	"bytes"
	"encoding/json"
	"sync"
)

// What the host's logger wrote, among it what it read from the plugin's standard error.
type lines struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *lines) Write(bytes []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(bytes)
}

func (l *lines) parsed() []map[string]any {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	found := []map[string]any{}
	for _, line := range bytes.Split(l.text.Bytes(), []byte("\n")) {
		var fields map[string]any
		if json.Unmarshal(line, &fields) == nil {
			found = append(found, fields)
		}
	}
	return found
}
