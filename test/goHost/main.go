// A plugin host as Grafana is one: starts a plugin with hashicorp/go-plugin, asks it what standard input says, decodes the
// frames with Grafana's SDK and tells all of it as JSON. What to make of that is the test's business.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

type query struct {
	RefID      string          `json:"refId"`
	From       int64           `json:"from"`
	To         int64           `json:"to"`
	IntervalMS int64           `json:"intervalMs"`
	Model      json.RawMessage `json:"model"`
}

type request struct {
	Command  string            `json:"command"`
	Env      []string          `json:"env"`
	JSONData json.RawMessage   `json:"jsonData"`
	Secrets  map[string]string `json:"secrets"`
	Headers  map[string]string `json:"headers"`
	Queries  []query           `json:"queries"`
	Resource string            `json:"resource"`
	// End the plugin as Grafana does, which gives it two seconds, instead of at once.
	KillGently bool `json:"killGently"`
}

type frame struct {
	JSON       json.RawMessage `json:"json"`
	TimeNanos  []string        `json:"timeNanos"`
	FieldTypes []string        `json:"fieldTypes"`
	// Why Grafana's alerting would refuse it; empty: it would not.
	NotAlertable string `json:"notAlertable"`
}

type response struct {
	Status      int32   `json:"status"`
	Error       string  `json:"error"`
	ErrorSource string  `json:"errorSource"`
	Frames      []frame `json:"frames"`
}

type report struct {
	Protocol    string              `json:"protocol"`
	Version     int                 `json:"version"`
	StartMillis float64             `json:"startMillis"`
	Ping        string              `json:"ping"`
	Health      string              `json:"health"`
	HealthText  string              `json:"healthText"`
	Metrics     int                 `json:"metricsBytes"`
	QueryMillis float64             `json:"queryMillis"`
	Responses   map[string]response `json:"responses"`
	Resource    string              `json:"resource"`
	ResourceOK  int32               `json:"resourceStatus"`
	KillMillis  float64             `json:"killMillis"`
	Log         []map[string]any    `json:"log"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	var asked request
	if err := json.Unmarshal(input, &asked); err != nil {
		return err
	}
	logs := &lines{}
	command := exec.Command(asked.Command)
	command.Env = append(os.Environ(), asked.Env...)
	started := time.Now()
	client := plugin.NewClient(&plugin.ClientConfig{
		Cmd: command,
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]plugin.PluginSet{grpcplugin.ProtocolVersion: {
			"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{},
			"resource":    &grpcplugin.ResourceGRPCPlugin{},
			"data":        &grpcplugin.DataGRPCPlugin{},
		}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.New(&hclog.LoggerOptions{Output: logs, JSONFormat: true, Level: hclog.Debug}),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	told := report{Protocol: string(client.Protocol()), Version: client.NegotiatedVersion(), StartMillis: since(started)}
	if err := protocol.Ping(); err != nil {
		told.Ping = err.Error()
	}
	if err := ask(protocol, asked, &told); err != nil {
		return err
	}
	if !asked.KillGently {
		if err := command.Process.Kill(); err != nil {
			return err
		}
	}
	killed := time.Now()
	client.Kill()
	told.KillMillis = since(killed)
	told.Log = logs.parsed()
	return json.NewEncoder(os.Stdout).Encode(told)
}

func ask(protocol plugin.ClientProtocol, asked request, told *report) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	about := &pluginv2.PluginContext{
		OrgId:    1,
		PluginId: "pyrolens-profiles-datasource",
		DataSourceInstanceSettings: &pluginv2.DataSourceInstanceSettings{
			Id: 1, Name: "Pyrolens", Url: "http://unused", Uid: "pyrolens1",
			JsonData: asked.JSONData, DecryptedSecureJsonData: asked.Secrets,
		},
		GrafanaConfig: map[string]string{"GF_SQL_ROW_LIMIT": "1000000"},
	}
	raw, err := protocol.Dispense("diagnostics")
	if err != nil {
		return err
	}
	diagnostics := raw.(grpcplugin.DiagnosticsClient)
	health, err := diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{PluginContext: about})
	if err != nil {
		return fmt.Errorf("CheckHealth: %w", err)
	}
	told.Health, told.HealthText = health.Status.String(), health.Message
	metrics, err := diagnostics.CollectMetrics(ctx, &pluginv2.CollectMetricsRequest{PluginContext: about})
	if err != nil {
		return fmt.Errorf("CollectMetrics: %w", err)
	}
	told.Metrics = len(metrics.Metrics.Prometheus)
	if raw, err = protocol.Dispense("data"); err != nil {
		return err
	}
	queries := &pluginv2.QueryDataRequest{PluginContext: about, Headers: asked.Headers}
	for _, one := range asked.Queries {
		queries.Queries = append(queries.Queries, &pluginv2.DataQuery{
			RefId: one.RefID, MaxDataPoints: 1000, IntervalMS: one.IntervalMS, Json: one.Model,
			TimeRange: &pluginv2.TimeRange{FromEpochMS: one.From, ToEpochMS: one.To},
		})
	}
	began := time.Now()
	answer, err := raw.(grpcplugin.DataClient).QueryData(ctx, queries)
	if err != nil {
		return fmt.Errorf("QueryData: %w", err)
	}
	told.QueryMillis = since(began)
	told.Responses = map[string]response{}
	for refID, one := range answer.Responses {
		decoded, err := decode(one)
		if err != nil {
			return fmt.Errorf("query %s: %w", refID, err)
		}
		told.Responses[refID] = decoded
	}
	if raw, err = protocol.Dispense("resource"); err != nil {
		return err
	}
	stream, err := raw.(grpcplugin.ResourceClient).CallResource(ctx, &pluginv2.CallResourceRequest{
		PluginContext: about, Path: asked.Resource, Method: "GET", Url: asked.Resource,
	})
	if err != nil {
		return fmt.Errorf("CallResource: %w", err)
	}
	for {
		part, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("CallResource: %w", err)
		}
		told.ResourceOK, told.Resource = part.Code, told.Resource+string(part.Body)
	}
}

func decode(one *pluginv2.DataResponse) (response, error) {
	told := response{Status: one.Status, Error: one.Error, ErrorSource: one.ErrorSource, Frames: []frame{}}
	for _, bytes := range one.Frames {
		decoded, err := data.UnmarshalArrowFrame(bytes)
		if err != nil {
			return told, err
		}
		text, err := data.FrameToJSON(decoded, data.IncludeAll)
		if err != nil {
			return told, err
		}
		shown := frame{JSON: text, NotAlertable: notAlertable(decoded), TimeNanos: []string{}}
		for _, field := range decoded.Fields {
			shown.FieldTypes = append(shown.FieldTypes, field.Type().String())
			for row := 0; field.Type() == data.FieldTypeTime && row < field.Len(); row++ {
				shown.TimeNanos = append(shown.TimeNanos, fmt.Sprint(field.At(row).(time.Time).UnixNano()))
			}
		}
		told.Frames = append(told.Frames, shown)
	}
	return told, nil
}

// The data plane contract of the two kinds that rules read, version 0.1, in our own words.
func notAlertable(decoded *data.Frame) string {
	if decoded.Meta == nil || decoded.Meta.TypeVersion != (data.FrameTypeVersion{0, 1}) {
		return "no type of version 0.1"
	}
	times, numbers := 0, 0
	for _, field := range decoded.Fields {
		switch {
		case field.Type() == data.FieldTypeTime:
			times++
			for row := 1; row < field.Len(); row++ {
				if !field.At(row).(time.Time).After(field.At(row - 1).(time.Time)) {
					return "times do not ascend"
				}
			}
		case field.Type().Numeric():
			numbers++
		default:
			return "a field is neither time nor number: " + field.Name
		}
	}
	switch {
	case decoded.Meta.Type == data.FrameTypeTimeSeriesMulti && times == 1 && numbers == 1:
		return ""
	case decoded.Meta.Type == data.FrameTypeNumericMulti && times == 0 && numbers == 1:
		return ""
	}
	return fmt.Sprintf("%s with %d times and %d numbers", decoded.Meta.Type, times, numbers)
}

func since(start time.Time) float64 { return float64(time.Since(start).Microseconds()) / 1000 }
