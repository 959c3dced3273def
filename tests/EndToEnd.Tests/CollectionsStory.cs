using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Kernel;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// Three customers who are written to in English, Spanish and French, from the friendly reminder to the write-off and
/// the recovery, through the gateway and a mail server. The clock of Collections goes through the days (0 is the day
/// the invoices are due); each day says which messages appear, and none other does.
/// </summary>
public sealed partial class CollectionsStory(RunningSystem system) : IAsyncLifetime
{
    private const string Code = "ARSTORY";
    private const string Zone = "America/New_York";
    private const string Playbook = "story";

    private readonly DateOnly _due = TimeProvider.System.Today(Zone).AddDays(-100);
    private readonly List<string> _diary = [];
    private OwnSystem _own = null!;
    private Api _api = null!;
    private Debtor _globex = null!, _norte = null!, _dubois = null!;
    private int _mailsRead;

    public async ValueTask InitializeAsync()
    {
        _own = await system.AnotherAsync("invoicing", "cash-application", "collections", "credit", "gateway");
        _api = _own.As("controller");
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_own is not null)
            await _own.DisposeAsync();
    }

    [Fact]
    public async Task from_the_friendly_reminder_to_the_write_off_and_the_recovery()
    {
        await TheDayIsAsync(-4);
        await OpenAsync();
        await OpenHardCasesAsync();
        var (first, second) = (await BillAsync(_globex, 1_080m), await BillAsync(_globex, 540m));
        var (paid, late) = (await BillAsync(_norte, 200m), await BillAsync(_norte, 300m));
        var french = await BillAsync(_dubois, 1_234.50m);
        await KnowsAsync(-3, (_globex, 1_620m), (_norte, 500m), (_dubois, 1_234.50m));
        await RunAsync(-4);

        await TheDayIsAsync(-3);
        await RunAsync(-3, [.. new[] { _globex, _norte, _dubois }.Select(who => (who, "friendly-reminder"))]);
        await PayAsync(paid, 200m);
        await KnowsAsync(1, (_globex, 1_620m), (_norte, 300m), (_dubois, 1_234.50m));

        await TheDayIsAsync(1);
        await RunAsync(1, (_globex, "first-notice"), (_norte, "first-notice"), (_dubois, "first-notice"));
        var promise = await PromiseAsync();
        await NightAsync();

        await PromiseAndPlanAsync(promise);
        await LettersOfDay20Async(late, french);
        var disputed = await BreachAndDisputeAsync(second);
        await EscalationAsync(first, disputed);
        await WriteOffAsync(first, second);
        await RecoveryAsync(first);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', _diary));
    }

    /// <summary>What is promised or planned is not asked for; a broken promise is, and by the next step.</summary>
    private async Task PromiseAndPlanAsync(Guid promise)
    {
        await TheDayIsAsync(10);
        await RunAsync(10, (_norte, "second-notice"), (_dubois, "second-notice"));
        await OptOutAsync(_norte);
        await FeeAndBounceAsync();

        await TheDayIsAsync(16);
        await BecomesAsync($"promises/{promise}", "status", "broken");
        await RunAsync(16, (_globex, "second-notice"));
        var plan = await _api.PostAsync("/v1/collections/payment-plans", new
        {
            customerId = _globex.Id,
            equal = new { count = 3, firstDueDate = _due.AddDays(20), every = "week" },
            note = "They pay in three weeks.",
        });
        await BecomesAsync($"payment-plans/{Seller.Id(plan)}", "rescheduling", "carried-out");
        _globex.Plan = Seller.Id(plan);
    }

    /// <summary>
    /// Two letters, one of which is overtaken before anybody has posted it; nothing for who has a plan. Who wants no
    /// more mails gets letters all the same.
    /// </summary>
    private async Task LettersOfDay20Async(JsonNode late, JsonNode french)
    {
        await TheDayIsAsync(20);
        await RunAsync(20, (_norte, "final-notice"), (_dubois, "final-notice"));
        await LetterReadsAsync(
            _norte, "A quien corresponda:", "Austin, TX 78702", "Último aviso", "Nivel de requerimiento", "3",
            "siguen sin pagarse", Seller.Number(late),
            "300.00 USD", "Total por pagar", "Suministros del Norte", "Atentamente,");
        var letter = await LetterReadsAsync(
            _dubois, "Dernier rappel", "Niveau de relance", "3", "demeurent impayés", Seller.Number(french),
            "1 234,50 USD", "Total à régler", "Papeterie Dubois", "Cordialement,");
        await _api.PostAsync($"/v1/collections/letters/{letter}/posted", new { });

        await PayAsync(late, 300m);
        var overtaken = _norte.Notices[^1];
        await BecomesAsync($"notices/{overtaken}", "status", "withdrawn");
        (await _api.TryAsync(HttpMethod.Get, $"/v1/collections/notices/{overtaken}/letter")).Problem
            .ShouldBe("letter-withdrawn");
        await PayAsync(french, 1_234.50m);
        await KnowsAsync(59, (_globex, 0m));
    }

    /// <summary>
    /// After the grace of the first installment all is due as before; what is disputed is not asked for.
    /// </summary>
    private async Task<JsonNode> BreachAndDisputeAsync(JsonNode second)
    {
        await TheDayIsAsync(26);
        await BecomesAsync($"payment-plans/{_globex.Plan}", "status", "breached");
        await KnowsAsync(26, (_globex, 1_620m));
        var dispute = await _api.PostAsync("/v1/collections/disputes", new
        {
            invoiceId = Seller.Id(second),
            reasonCode = "quality",
            amount = Seller.Usd(240m),
            note = "Half of it was broken.",
        });
        await RunAsync(26, (_globex, "final-notice"));
        var letter = await LetterReadsAsync(
            _globex, "Final notice", "Reminder level", "3", "Despite our earlier notices", Seller.Number(second),
            "1,380.00 USD", "Total due", "Globex Corporation", "Sincerely,");
        await _api.PostAsync($"/v1/collections/letters/{letter}/posted", new { });
        await SuspensionAsync();
        return dispute;
    }

    /// <summary>The matter goes up a rung; the dispute is decided: a part is credited, the rest is payable.</summary>
    private async Task EscalationAsync(JsonNode first, JsonNode disputed)
    {
        await TheDayIsAsync(30);
        await RunAsync(30, (_globex, "escalate"));
        var raised = (await _api.ListAsync($"/v1/collections/escalations?customerId={_globex.Id}"))
            .ShouldHaveSingleItem();
        raised["text"]!.GetValue<string>().ShouldContain($"{Seller.Number(first)} (30 days, ");
        var path = $"/v1/collections/escalations/{Seller.Id(raised)}";
        await _api.PostAsync($"{path}/acknowledge", new { });
        (await _api.PostAsync($"{path}/close", new { result = "They will not pay." }))["status"]!.GetValue<string>()
            .ShouldBe("closed");
        await _api.PostAsync(
            $"/v1/collections/disputes/{Seller.Id(disputed)}/accept",
            new { reason = "A part was broken.", amount = Seller.Usd(100m) });
        await BecomesAsync($"disputes/{Seller.Id(disputed)}", "status", "credited");
        await KnowsAsync(60, (_globex, 1_520m));
        await HandOverAsync();
    }

    /// <summary>What nobody pays is given up once somebody else has approved it, and the books agree.</summary>
    private async Task WriteOffAsync(JsonNode first, JsonNode second)
    {
        await TheDayIsAsync(60);
        await RunAsync(60, (_globex, "give-up"));
        var recommended = (await _api.ListAsync($"/v1/collections/recommendations?customerId={_globex.Id}"))
            .ShouldHaveSingleItem();
        recommended["kind"]!.GetValue<string>().ShouldBe("write-off");
        Api.Amount(recommended["amount"]).ShouldBe(1_520m);
        recommended["status"]!.GetValue<string>().ShouldBe("waiting");
        await ApproveAsync(recommended["approvalId"]!.GetValue<Guid>(), "They are gone.");
        await BecomesAsync($"recommendations/{Seller.Id(recommended)}", "status", "carried-out");
        await BalanceIsAsync(first, 0m);
        await BalanceIsAsync(second, 0m);
        await KnowsAsync(61);
        await RecallAsync();
    }

    /// <summary>What comes after all is booked, and asks nobody for the rest.</summary>
    private async Task RecoveryAsync(JsonNode first)
    {
        await TheDayIsAsync(61);
        await RunAsync(61);
        await _api.PostAsync(
            $"/v1/invoices/{Seller.Id(first)}/recoveries", new { reason = "The liquidator pays.", amount = "500" });
        await BalanceIsAsync(first, 500m);
        await OverdueHereIsAsync(500m);
        await RunAsync(61);
        await PayAsync(first, 500m);
        await OverdueHereIsAsync(0m);
        await RunAsync(61);
        var ledger = await Eventually.Becomes(
            () => _api.GetAsync($"/v1/reports/tie-out?legalEntity={Code}"),
            now => now["ties"]!.GetValue<bool>(), "the ledger ties");
        Api.Amount(ledger["rows"]![0]!["openItems"]).ShouldBe(0m);
        await Eventually.BecomesTrue(
            async () => (await _api.ListAsync($"/v1/collections/worklist?legalEntity={Code}")).Count == 0,
            "there is nothing left to do");
    }

    private Task<JsonNode> BillAsync(Debtor debtor, decimal amount) => _api.PostAsync("/v1/invoices", new
    {
        customerId = debtor.Id,
        invoiceDate = _due.AddDays(-30),
        currency = "USD",
        lines = new[]
        {
            new
            {
                description = "Goods",
                quantity = "1",
                unitPrice = amount.ToString(CultureInfo.InvariantCulture),
                taxRate = "0",
            },
        },
    });

    /// <summary>Money that names the invoice, until the invoice knows of it.</summary>
    private async Task PayAsync(JsonNode invoice, decimal amount)
    {
        await Eventually.Becomes(
            () => _api.ListAsync($"/v1/open-items?legalEntity={invoice["legalEntity"]!.GetValue<string>()}"),
            items => items.Any(item => item["invoiceNumber"]!.GetValue<string>() == Seller.Number(invoice)
                && Api.Amount(item["available"]) == amount),
            $"cash application knows {Seller.Number(invoice)}");
        await _api.PostAsync("/v1/receipts", new
        {
            legalEntity = invoice["legalEntity"]!.GetValue<string>(),
            method = "wire",
            amount = Seller.Usd(amount),
            valueDate = TimeProvider.System.Today(Zone),
            customerId = invoice["customerId"]!.GetValue<Guid>(),
            reference = $"for {Seller.Number(invoice)}",
        });
        await BalanceIsAsync(invoice, 0m);
    }

    private Task BalanceIsAsync(JsonNode invoice, decimal balance) => Eventually.Becomes(
        () => _api.GetAsync($"/v1/invoices/{Seller.Id(invoice)}"),
        now => Api.Amount(now["balance"]) == balance, $"{Seller.Number(invoice)} is open with {balance}");

    /// <summary>Until Collections itself knows that so much is overdue with all of them together.</summary>
    private Task OverdueHereIsAsync(decimal amount) => Eventually.Becomes(
        () => _api.ListAsync($"/v1/collections/worklist?legalEntity={Code}"),
        work => work.Sum(one => Api.Amount(one["overdue"])) == amount, $"collections knows of {amount}");

    private async Task<Guid> PromiseAsync() => Seller.Id(await _api.PostAsync("/v1/collections/promises", new
    {
        customerId = _globex.Id,
        amount = Seller.Usd(1_620m),
        date = _due.AddDays(12),
        contactName = "Ana Ruiz",
    }));

    private Task BecomesAsync(string path, string field, string value) => Eventually.Becomes(
        () => _api.GetAsync($"/v1/collections/{path}"), now => now[field]?.GetValue<string>() == value,
        $"{field} of {path} is {value}");

    /// <summary>Collections is stopped and started at noon, or another hour, of another day.</summary>
    private Task TheDayIsAsync(int day, int hour = 12) => _own.TravelAsync(
        _due.AddDays(day).StartIn(Zone).AddHours(hour) - TimeProvider.System.GetUtcNow(), "collections");

    /// <summary>Somebody else says yes.</summary>
    private async Task ApproveAsync(Guid approvalId, string reason)
    {
        using var approver = _own.WithToken(_own.System.Key.Token(
            "cfo", "approvals:decide", ["controller"], ["*"], TimeSpan.FromHours(1)));
        await approver.PostAsync($"/v1/approvals/{approvalId}/approve", new { reason });
    }

    /// <summary>Waits until a run of a day would ask these customers for these sums, and nobody else.</summary>
    private Task KnowsAsync(int day, params (Debtor Who, decimal Amount)[] expected) => Eventually.Becomes(
        () => PlanAsync(day, preview: true),
        plan => Sums(plan).SequenceEqual(
            expected.Where(one => one.Amount > 0).Select(one => (one.Who.Id, one.Amount)).Order()),
        $"collections knows what is open on day {day}");

    private static IEnumerable<(Guid, decimal)> Sums(JsonNode plan) => plan["notices"]!.AsArray()
        .Select(notice => (notice!["customerId"]!.GetValue<Guid>(), Api.Amount(notice["amount"]))).Order();

    private Task<JsonNode> PlanAsync(int day, bool preview) => _api.PostAsync("/v1/collections/dunning-runs", new
    {
        legalEntity = Code,
        date = _due.AddDays(day),
        playbook = Playbook,
        preview,
    });

    /// <summary>A run of the day leads to exactly these messages, and each mail reads as it should.</summary>
    private async Task RunAsync(int day, params (Debtor Who, string Step)[] expected)
    {
        var run = await PlanAsync(day, preview: false);
        var notices = run["notices"]!.AsArray();
        notices.ShouldAllBe(notice => notice!["blockedBy"] == null, run.ToJsonString());
        notices.Select(notice => (notice!["customerId"]!.GetValue<Guid>(), notice["step"]!.GetValue<string>()))
            .ShouldBe(expected.Select(one => (one.Who.Id, one.Step)), ignoreOrder: true);
        foreach (var notice in notices)
        {
            var id = notice!["noticeId"]!.GetValue<Guid>();
            Who(notice["customerId"]!.GetValue<Guid>()).Notices.Add(id);
            var end = notice["channel"]!.GetValue<string>() switch
            {
                "email" => "sent",
                "letter" => "queued",
                _ => "handed-over",
            };
            await BecomesAsync($"notices/{id}", "status", end);
            _diary.Add($"{_due.AddDays(day):yyyy-MM-dd} {Who(notice["customerId"]!.GetValue<Guid>()).Name}: "
                + $"{notice["step"]} {notice["channel"]} {Api.Amount(notice["amount"])}");
        }

        var mails = notices.Where(notice => notice!["channel"]!.GetValue<string>() == "email")
            .ToDictionary(notice => Who(notice!["customerId"]!.GetValue<Guid>()).Email, notice => notice!);
        var taken = NewMails();
        taken.SelectMany(mail => mail.To).ShouldBe(mails.Keys, ignoreOrder: true);
        foreach (var mail in taken)
        {
            var notice = mails[mail.To.Single()];
            var reader = Who(notice["customerId"]!.GetValue<Guid>());
            NoticeText.Reads(MailText.Of(mail.Content), reader.Language, notice);
            await KeepAsync(
                FormattableString.Invariant($"day{day:00}-{notice["step"]}-{reader.Language}.eml"),
                Encoding.UTF8.GetBytes(mail.Content));
        }
    }

    /// <summary>What the mail server has taken since the last time.</summary>
    private List<ReceivedMail> NewMails()
    {
        var taken = _own.System.Mail.Mails.Skip(_mailsRead).ToList();
        _mailsRead += taken.Count;
        return taken;
    }

    private Debtor Who(Guid id) => new[] { _globex, _norte, _dubois }.Single(debtor => debtor.Id == id);

    private sealed record Debtor(Guid Id, string Name, string Email, string Language)
    {
        public List<Guid> Notices { get; } = [];

        public Guid Plan { get; set; }
    }
}
