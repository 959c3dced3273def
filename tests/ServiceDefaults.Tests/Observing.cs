using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using OrderToCash.ServiceDefaults.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class Observing(Servers servers)
{
    [Fact]
    public async Task traces_metrics_and_logs_reach_the_collector_and_no_secret_does()
    {
        var received = new ConcurrentDictionary<string, StringBuilder>(StringComparer.Ordinal);
        await using var collector = await OtherServer.StartAsync(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var text = received.GetOrAdd(http.Request.Path, _ => new StringBuilder());
            lock (text)
                text.Append(Encoding.UTF8.GetString(body.ToArray()));
        });
        await using var database = await servers.CreateDatabaseAsync();
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        string token;
        await using (var bank = await BankApp.StartAsync(database.ConnectionString,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")))
        {
            token = bank.Issuer.Token();
            using var client = bank.ClientFor(token);
            await client.OpenAsync("observed");
            using var defect = await client.GetAsync("/v1/failures/defect");
            using var unknown = await client.GetAsync("/v1/loose/not-a-guid");

            using var nowhere = await client.GetAsync("/v1/no-route/opened-by-this");

            // An answer is there before its span has ended; the next one on the same connection is not.
            using var last = await client.GetAsync("/v1/loose/not-a-guid");
        }

        received.Keys.ShouldBe(["/v1/traces", "/v1/metrics", "/v1/logs"], ignoreOrder: true);
        var traces = received["/v1/traces"].ToString();
        foreach (var part in new[]
        {
            "service.name", "bank", "service.instance.id", "POST /v1/accounts", "http.route", "/v1/loose/{id}",
            "http.response.status_code", "insert into mt_events", "otc.problem", "malformed-request",
        })
            traces.ShouldContain(part, Case.Sensitive);
        traces.ShouldContain("server.port");
        foreach (var part in new[] { "url.full", "opened-by-this" })
            traces.ShouldNotContain(part, Case.Sensitive);
        received["/v1/metrics"].ToString().ShouldContain("otc.store.events");
        received["/v1/metrics"].ToString().ShouldContain("http.server.request.duration");
        received["/v1/logs"].ToString().ShouldContain("A request failed");
        foreach (var text in received.Values.Select(text => text.ToString()))
        {
            text.ShouldNotContain(token);
            if (connection.Password is { Length: > 0 } password)
                text.ShouldNotContain($"Password={password}");
        }
    }
}
