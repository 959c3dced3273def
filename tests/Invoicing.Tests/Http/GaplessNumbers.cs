using System.Collections.Concurrent;
using System.Net;
using Dapper;

namespace OrderToCash.Invoicing.Tests.Http;

public class GaplessNumbers
{
    private const int Callers = 64;

    /// <summary>A multiple of five; <c>OTC_INVOICES_PER_CALLER=1000</c> is the long form that D-17 asks for.</summary>
    private static readonly int InvoicesPerCaller =
        int.TryParse(Environment.GetEnvironmentVariable("OTC_INVOICES_PER_CALLER"), out var given) ? given : 10;

    private const int InvoicesPerBatch = 100;

    /// <summary>
    /// I-15, D-17: one number per invoice, drawn with it. Two instances, 64 callers, every fifth wish refused,
    /// connections killed all the while; callers repeat under their key until they are answered. Then each caller bills
    /// a hundred at once: that all wait for one series takes as long with a thousand, and shows no more.
    /// </summary>
    [Fact]
    public async Task D17_stay_unique_and_gapless_over_two_instances_refusals_and_killed_connections()
    {
        // Killed connections are nobody else's business.
        await using var app = new InvoicingApp();
        await app.InitializeAsync();
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        HttpClient[] clients = [app.Client, await app.StartInstanceAsync()];
        using var stop = new CancellationTokenSource();
        var killing = KillAsync(app, stop.Token);
        var numbers = new ConcurrentBag<string>();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            for (var n = 0; n < InvoicesPerCaller; n++)
            {
                var amount = n % 5 == 4 ? 0 : 1 + n;
                var answer = await UntilAnsweredAsync(
                    clients, caller, "/v1/invoices", TestApi.Invoice(customer, amount), $"{entity}-{caller}-{n}");
                if (amount == 0)
                    answer.ShouldBe(HttpStatusCode.UnprocessableEntity, "nothing-to-bill");
                else
                    numbers.Add(answer.ShouldBe(HttpStatusCode.Created)["number"].GetString()!);
            }
        }));
        await stop.CancelAsync();
        await killing;

        // Of the last that were killed some may rest in a pool yet.
        var batch = new { invoices = Enumerable.Repeat(TestApi.Invoice(customer, 1), InvoicesPerBatch) };
        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller =>
            UntilAnsweredAsync(clients, caller, "/v1/invoices/batch", batch, $"{entity}-{caller}"))))
        {
            foreach (var issued in answer.ShouldBe(HttpStatusCode.OK)["results"].EnumerateArray())
                numbers.Add(issued.GetProperty("number").GetString()!);
        }

        var expected = Callers * ((InvoicesPerCaller * 4 / 5) + InvoicesPerBatch);
        numbers.Order().ShouldBe(
            Enumerable.Range(1, expected).Select(n => $"INV-{entity}-{TestApi.Today.Year}-{n:D6}"));
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        (await connection.QueryAsync<string>(
            "select number from invoices where legal_entity = @entity order by 1", new { entity }))
            .ShouldBe(numbers.Order());
    }

    private static async Task<Answer> UntilAnsweredAsync(
        HttpClient[] clients, int caller, string path, object body, string key)
    {
        for (var attempt = 0; ; attempt++)
        {
            var answer = await clients[(caller + attempt) % clients.Length].PostAsync(path, body, key);
            if (answer.Status != HttpStatusCode.ServiceUnavailable)
                return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static async Task KillAsync(InvoicingApp app, CancellationToken stop)
    {
        await using var connection = await app.Database.Source.OpenConnectionAsync(CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            await connection.ExecuteAsync(
                "select pg_terminate_backend(pid) from (select pid from pg_stat_activity where datname = " +
                "current_database() and pid <> pg_backend_pid() and state <> 'idle' order by random() limit 1) one");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
