using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.Testing;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>
/// I-13 and I-14 on real servers: legal entities and contacts in zones from −11 to +14, some hundreds of random days;
/// on each two instances run dunning at once while people and other systems call, opt out, pay, dispute and place holds
/// at either. Afterwards the whole log is gone through with the rules said the long way round (<see cref="DaysLog"/>).
/// </summary>
public sealed class RandomDays(Servers servers) : IAsyncLifetime
{
    private const int Rounds = 30;
    private const int CustomersEach = 3;
    private const int ItemsEach = 3;
    private const string Phone = "+1 555 0100";

    private static readonly string[] Zones =
    [
        "Pacific/Pago_Pago", "America/Los_Angeles", "America/St_Johns", "UTC", "Europe/Paris", "Asia/Kathmandu",
        "Pacific/Chatham", "Pacific/Kiritimati",
    ];

    private static readonly int[] Offsets = [-3, 1, 3, 5, 7, 9, 11, 13, 15, 18, 21, 25];

    private readonly CollectionsApp _app = new(servers);
    private readonly int _seed = Environment.TickCount;
    private readonly List<Debtor> _debtors = [];
    private readonly List<(Guid Id, Debtor Of)> _holds = [];
    private readonly List<(Guid Id, Debtor Of)> _disputes = [];
    private readonly List<long> _ends = [];
    private WebApplicationFactory<Playbook> _other = null!;
    private HttpClient[] _instances = [];
    private Random _random = null!;

    public async ValueTask InitializeAsync()
    {
        await _app.InitializeAsync();
        _other = _app.Another();
        _instances = [_app.Client(), _app.Client(_other)];
        _random = new Random(_seed);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _instances)
            client.Dispose();
        await _other.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task i13_i14_whoever_does_what_at_once_nobody_is_contacted_who_must_not_be_nor_asked_for_more()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {_seed}");
        var stories = new List<(Story Story, string Zone)>();
        foreach (var zone in Zones)
            stories.Add((await OpenAsync(zone), zone));

        for (var round = 0; round < Rounds; round++)
        {
            _app.Clock.Ahead += TimeSpan.FromMinutes(_random.Next(60, 30 * 60));
            await Task.WhenAll(stories.SelectMany(one => At(one.Story, round)).ToList());
            await SettledAsync(stories[0].Story);
            _ends.Add(await stories[0].Story.ScalarAsync<long>("select coalesce(max(seq_id), 0) from mt_events"));
        }

        var log = new DaysLog(_debtors, _ends, stories.ToDictionary(one => one.Story.Entity, one => one.Zone));
        await using var command = _app.Database.Source.CreateCommand(
            "select seq_id, type, stream_id, data::text, timestamp from mt_events where type = any($1) " +
            "order by seq_id");
        command.Parameters.AddWithValue(DaysLog.Types);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            log.Check(
                reader.GetInt64(0), reader.GetString(1), reader.GetGuid(2), JsonNode.Parse(reader.GetString(3))!,
                reader.GetFieldValue<DateTimeOffset>(4));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{log.Sent} notices, {log.Contacts} contacts, {log.Suppressed} suppressed"));
        log.Faults.ShouldBeEmpty($"seed {_seed}");
        log.Sent.ShouldBeGreaterThan(5, $"seed {_seed}");
        log.Contacts.ShouldBeGreaterThan(60, $"seed {_seed}");
        log.Suppressed.ShouldBeGreaterThan(30, $"seed {_seed}");
    }

    /// <summary>What happens at one legal entity in a round, at both instances and all at once.</summary>
    private IEnumerable<Task> At(Story story, int round)
    {
        yield return RunAsync(0, story);
        yield return RunAsync(1, story);
        foreach (var debtor in _debtors.Where(debtor => debtor.Entity == story.Entity))
        {
            var (instance, item) = (_random.Next(2), debtor.Items[_random.Next(ItemsEach)]);
            switch (_random.Next(12))
            {
                case < 2:
                    var channel = _random.GetItems(["call", "email", "sms"], 1)[0];
                    yield return PostAsync(
                        instance, "contact-attempts", new { customerId = debtor.Id, channel, contactName = "Ana" });
                    break;
                case 4:
                    yield return ConsentAsync(instance, debtor, granted: _random.Next(3) > 0);
                    break;
                case 5:
                    yield return HoldAsync(
                        instance, debtor, _random.Next(3) == 0 ? HoldKind.DoNotContact : HoldKind.DunningBlock);
                    break;
                case 6 or 11 when _holds.Find(hold => hold.Of == debtor) is { Of: not null } hold:
                    _holds.Remove(hold);
                    yield return PostAsync(instance, $"holds/{hold.Id}/release", new { reason = "over" });
                    break;
                case 7:
                    yield return DisputeAsync(instance, debtor, item, _random.Next(1, 20));
                    break;
                case 8 when _disputes.Find(dispute => dispute.Of == debtor) is { Of: not null } dispute:
                    _disputes.Remove(dispute);
                    yield return PostAsync(instance, $"disputes/{dispute.Id}/withdraw", new { reason = "dropped" });
                    break;
                case 9 or 10 when item.Left > 0:
                    yield return PayAsync(story, item, Math.Min(item.Left, _random.Next(1, 40)), round);
                    break;
                default:
                    break;
            }
        }
    }

    private async Task RunAsync(int instance, Story story)
    {
        var answer = await _instances[instance].PostAsJsonAsync(
            "/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook = "random-days" }, Json.Wire);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.Conflict);
    }

    private async Task<JsonNode?> PostAsync(int instance, string path, object body)
    {
        var answer = await _instances[instance].PostAsJsonAsync($"/v1/collections/{path}", body, Json.Wire);
        ((int)answer.StatusCode).ShouldBeLessThan(500, await answer.Content.ReadAsStringAsync());
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null;
    }

    private async Task ConsentAsync(int instance, Debtor debtor, bool granted)
    {
        var (address, channel) = _random.Next(2) == 0 ? (debtor.Email, "email") : (Phone, "sms");
        (await _instances[instance].PutAsJsonAsync(
            $"/v1/collections/customers/{debtor.Id}/consents",
            new { address, channel, granted, source = "call" })).EnsureSuccessStatusCode();
    }

    private async Task HoldAsync(int instance, Debtor debtor, HoldKind kind)
    {
        if (await PostAsync(instance, "holds", new
        {
            customerId = debtor.Id,
            kind = Json.NameOf(kind),
            reason = "asked for",
            until = kind == HoldKind.DunningBlock ? _app.Clock.Today.AddDays(9) : (DateOnly?)null,
        }) is { } placed)
            Keep(_holds, placed, debtor);
    }

    private async Task DisputeAsync(int instance, Debtor debtor, Item item, int amount)
    {
        if (await PostAsync(instance, "disputes", new
        {
            invoiceId = item.Known.InvoiceId,
            reasonCode = "price",
            amount = Money.Of(amount, "USD"),
        }) is { } opened)
            Keep(_disputes, opened, debtor);
    }

    private static void Keep(List<(Guid Id, Debtor Of)> known, JsonNode made, Debtor debtor)
    {
        lock (known)
            known.Add((made["id"]!.GetValue<Guid>(), debtor));
    }

    private static async Task PayAsync(Story story, Item item, int amount, int round)
    {
        item.Payments.Add((round, amount));
        await story.TellAsync(
            Story.Applied(
                item.Known with { Balance = Story.Usd(item.Left + amount) }, Story.NewId(), amount),
            item.Payments.Count + 1);
        await story.KnowsAsync(
            $"select count(*) from open_items where invoice_id = '{item.Known.InvoiceId}' " +
            $"and version = {item.Payments.Count + 1}");
    }

    /// <summary>Until all that is not put off has left or was withdrawn.</summary>
    private static Task SettledAsync(Story story) => Eventually.BecomesTrue(
        async () => await story.ScalarAsync<long>(
            "select count(*) from notices where status = 'prepared' and put_off_until is null") == 0,
        "every notice has an outcome");

    private async Task<Story> OpenAsync(string zone)
    {
        var story = await Story.BeginAsync(_app, zone);
        var wording = new Dictionary<string, Wording> { ["en"] = new("{{total}}", "o", "c") };
        using var admin = _app.Client();
        (await admin.PutAsJsonAsync("/v1/collections/playbooks/random-days", new DefinePlaybook.Request(
            "Of random days",
            [.. Offsets.Select(day => new PlaybookStep(
                $"day-{day}", day, day % 3 == 0 ? NoticeChannel.Sms : NoticeChannel.Email, [], wording))]),
            Json.Wire)).EnsureSuccessStatusCode();
        var rules = new ContactRules(
            [new ContactCap(CapScope.Customer, null, _random.Next(3, 7), _random.Next(2, 8))], 0, [],
            [
                new QuietHours(
                    null, new TimeOnly(_random.Next(0, 7), 0), new TimeOnly(_random.Next(18, 24), 0),
                    [(DayOfWeek)_random.Next(7)]),
            ], []);
        await story.PutAsync<PolicyView>(
            $"/v1/collections/policies/{story.Entity}",
            new { contact = new Dictionary<string, ContactRules> { ["*"] = rules } });
        for (var one = 0; one < CustomersEach; one++)
            _debtors.Add(await OwingAsync(story, rules));
        return story;
    }

    private async Task<Debtor> OwingAsync(Story story, ContactRules rules)
    {
        var (id, zone) = (Story.NewId(), Zones[_random.Next(Zones.Length)]);
        var email = $"{id:N}@globex.example";
        await story.TellAsync(
            new CustomerRegistered(
                id, $"C-{id:N}", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null,
                [new Contact("Ana", "accounts-payable", email, Phone, zone)]), 1);
        await story.KnowsAsync($"select count(*) from customers where id = '{id}'");
        var items = new List<Item>();
        for (var one = 0; one < ItemsEach; one++)
            items.Add(new Item(await story.InvoiceAsync(id, _random.Next(-25, 6))));
        return new Debtor(id, story.Entity, email, zone, rules, items);
    }

    internal sealed record Debtor(
        Guid Id, string Entity, string Email, string Zone, ContactRules Rules, IReadOnlyList<Item> Items);

    /// <summary>An invoice of 100 and what was paid of it in which round.</summary>
    internal sealed record Item(OpenItem Known)
    {
        public List<(int Round, int Amount)> Payments { get; } = [];

        public int Left => 100 - Payments.Sum(payment => payment.Amount);
    }
}
