using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using OrderToCash.Kernel;
using OrderToCash.Local.Processes;
using OrderToCash.Local.Servers;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>system</c>: the whole system as processes on durable servers. Invoices one by one and in batches, the relay behind them, the way
/// from a request in Invoicing to the row in Collections, start and memory.
/// </summary>
internal static class SystemBenchmark
{
    private const int Clients = 32;
    private const int Singles = 3_000;
    private const int Batches = 5;
    private const int Traced = 400;

    public static Command Create()
    {
        var command = new Command("system", "Invoices per second, relay, commit to another service's row, start, memory.");
        command.SetAction((_, cancellation) => RunAsync(cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("ordertocash-bench-").FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        await using var postgres = await PostgresServer.StartAsync(new ServerOptions { Folder = folder }, cancellation);
        await using var rabbit = await RabbitServer.StartAsync(new ServerOptions { Folder = folder }, cancellation);
        var clock = Stopwatch.StartNew();
        await using var system = await OrderToCashSystem.StartAsync(
            new SystemOptions { Folder = folder, Postgres = postgres.ConnectionString, Rabbit = rabbit.Amqp, Say = Console.WriteLine },
            cancellation);
        Print("start of five processes until all are ready", $"{clock.Elapsed.TotalSeconds:0.0} s");

        using var http = Client(system);
        var customer = await PrepareAsync(http);
        await SinglesAsync(http, customer, 500);
        var single = await SinglesAsync(http, customer, Singles);
        Print($"POST /v1/invoices, {Clients} at once, {Singles} invoices", $"{single:0}/s");
        await BatchesAsync(system, http, customer, single);
        await TraceAsync(system, http, customer);
        foreach (var instance in system.Instances)
            Print($"memory of {instance.Program.Name} after it all (RSS)", $"{Resident(instance.ProcessId)} MB");
        return 0;
    }

    private static HttpClient Client(OrderToCashSystem system)
    {
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients })
        {
            BaseAddress = system.Instance("invoicing").Address,
            Timeout = TimeSpan.FromMinutes(5),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", system.Key.TokenOf("controller"));
        return http;
    }

    private static async Task<Guid> PrepareAsync(HttpClient http)
    {
        await SendAsync(http, HttpMethod.Put, "/v1/legal-entities/US01",
            """{"name":"Acme","baseCurrency":"USD","country":"US","timeZone":"America/New_York"}""");
        var customer = await SendAsync(http, HttpMethod.Post, "/v1/customers",
            """
            {"legalEntity":"US01","name":"Globex","currency":"USD","country":"US","language":"en","terms":"NET 30","contacts":[]}
            """);
        return customer["id"]!.GetValue<Guid>();
    }

    private static async Task<decimal> SinglesAsync(HttpClient http, Guid customer, int count)
    {
        var left = count;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await SendAsync(http, HttpMethod.Post, "/v1/invoices", Invoice(customer));
        }));
        return count / (decimal)clock.Elapsed.TotalSeconds;
    }

    private static async Task BatchesAsync(OrderToCashSystem system, HttpClient http, Guid customer, decimal single)
    {
        await using var database = NpgsqlDataSource.Create(system.DatabaseOf(system.Instance("invoicing").Program));
        await UntilAsync(async () => await ScalarAsync(database, Lag) == 0);
        var before = await ScalarAsync(database, "select count(*) from mt_events");
        var body = $$"""{"invoices":[{{string.Join(',', Enumerable.Repeat(Invoice(customer), 1000))}}]}""";
        var clock = Stopwatch.StartNew();
        for (var batch = 0; batch < Batches; batch++)
            await SendAsync(http, HttpMethod.Post, "/v1/invoices/batch", body);
        var rate = Batches * 1000 / (decimal)clock.Elapsed.TotalSeconds;
        Print($"POST /v1/invoices/batch, {Batches} times 1,000", $"{rate:0}/s, {rate / single:0.0} times the single rate");
        await UntilAsync(async () => await ScalarAsync(database, Lag) == 0);
        var events = await ScalarAsync(database, "select count(*) from mt_events") - before;
        Print("relay, from the first batch until the end of the log is confirmed",
            $"{events / (decimal)clock.Elapsed.TotalSeconds:0} events/s at least");
    }

    /// <summary>One request after the other, fifty a second at most: from before the request until Collections has the row.</summary>
    private static async Task TraceAsync(OrderToCashSystem system, HttpClient http, Guid customer)
    {
        await using var database = NpgsqlDataSource.Create(system.DatabaseOf(system.Instance("collections").Program));
        await UntilAsync(async () => await ScalarAsync(database, "select count(*) from open_items") == 500 + Singles + (Batches * 1000));
        var answers = new List<TimeSpan>();
        var rows = new List<TimeSpan>();
        for (var number = 0; number < Traced; number++)
        {
            var clock = Stopwatch.StartNew();
            var invoice = await SendAsync(http, HttpMethod.Post, "/v1/invoices", Invoice(customer));
            answers.Add(clock.Elapsed);
            await using var seen = database.CreateCommand("select exists (select 1 from open_items where invoice_id = $1)");
            seen.Parameters.AddWithValue(invoice["id"]!.GetValue<Guid>());
            while (await seen.ExecuteScalarAsync() is false)
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            rows.Add(clock.Elapsed);
            var rest = TimeSpan.FromMilliseconds(20) - clock.Elapsed;
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, TimeProvider.System);
        }

        Print("POST /v1/invoices, alone, until answered", new Distribution(answers).ToString());
        Print("POST /v1/invoices until Collections has the open item", new Distribution(rows).ToString());
    }

    private const string Lag =
        "select coalesce((select max(seq_id) from mt_events), 0) - " +
        "coalesce((select last_seq_id from mt_event_progression where name = 'Relay:All'), 0)";

    private static async Task<long> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
    }

    private static string Invoice(Guid customer) =>
        $$"""
        {"customerId":"{{customer}}","currency":"USD","orderReference":"SO-77","purchaseOrder":"PO-9","lines":[
        {"description":"Widget","quantity":"10","unitPrice":"25.00","taxRate":"0.08","taxCode":"TX","revenueAccount":"4000"},
        {"description":"Freight","quantity":"1","unitPrice":"12.50","taxRate":"0","taxCode":"EX","revenueAccount":"4100"}]}
        """;

    private static async Task<JsonNode> SendAsync(HttpClient http, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (method == HttpMethod.Post)
            request.Headers.Add("Idempotency-Key", Ids.Next(TimeProvider.System).ToString());
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"{method} {path} was answered {(int)answer.StatusCode}: {text}");
    }

    private static long Resident(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    private static void Print(string what, string figure) => Console.WriteLine($"{what,-70} {figure}");
}
