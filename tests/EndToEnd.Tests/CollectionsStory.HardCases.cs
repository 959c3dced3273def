using System.Text;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// What goes less smoothly, on the same days at a legal entity beside: mail that waits for the reader's morning, a
/// notice that costs a fee, mail that comes back, service that is suspended, and an agency that gives up.
/// </summary>
public sealed partial class CollectionsStory
{
    private const string Hard = "ARHARD";
    private const string HardPlaybook = "story-hard";

    private Debtor _lefevre = null!, _kumo = null!;
    private JsonNode _lefevreOwes = null!, _kumoOwes = null!;

    /// <summary>The company beside, what must be approved there, and when nobody is written to.</summary>
    private async Task OpenHardCasesAsync()
    {
        await _api.PutAsync($"/v1/legal-entities/{Hard}",
            new { name = "Acme Hard Cases", baseCurrency = "USD", country = "US", timeZone = Zone });
        using (var operators = _own.As("operator"))
        {
            await operators.PutAsync($"/v1/legal-entities/{Hard}/approval-matrix", new
            {
                rules = new[] { "suspension", "agency-placement" }.Select(kind =>
                    new { kind, upTo = (string?)null, approvals = 1, role = "controller" }),
            });
            await Eventually.BecomesTrue(
                async () => (await operators.TryAsync(HttpMethod.Put, $"/v1/collections/policies/{Hard}", new
                {
                    contact = new Dictionary<string, object>
                    {
                        ["*"] = new
                        {
                            caps = Array.Empty<object>(),
                            silenceDays = 0,
                            silentChannels = Array.Empty<string>(),
                            quietHours = new[]
                            {
                                new
                                {
                                    channel = "email",
                                    from = "08:00:00",
                                    to = "20:00:00",
                                    daysOff = Array.Empty<string>(),
                                },
                            },
                            consentFor = Array.Empty<string>(),
                        },
                    },
                    overdueStates = Array.Empty<object>(),
                })).Message.IsSuccessStatusCode,
                "collections knows the company beside");
        }

        await DefineHardPlaybookAsync();
        _lefevre = await RegisterHardAsync("Menuiserie Lefèvre", "fr",
            new { name = "Anne Lefèvre", role = "accounts-payable", email = "ap@lefevre.example" },
            new { name = "Luc Martin", role = "management", email = "luc@lefevre.example" });
        _kumo = await RegisterHardAsync("Kumo KK", "en",
            new { name = "Aiko Mori", role = "accounts-payable", email = "ap@kumo.example", timeZone = "Asia/Tokyo" });
        (_lefevreOwes, _kumoOwes) = (await BillAsync(_lefevre, 1_234.50m), await BillAsync(_kumo, 250m));
        await HardRunWouldAskAsync(1, _lefevre, _kumo);
    }

    /// <summary>The standard steps, the second of which costs something, with a suspension before the last.</summary>
    private async Task DefineHardPlaybookAsync()
    {
        var standard = (await _api.GetAsync("/v1/collections/playbooks/standard"))["steps"]!.AsArray();
        var steps = standard.Skip(1).Select(step => step!.DeepClone()).ToList();
        steps[1]["fees"] = new JsonArray(new JsonObject { ["amount"] = "15.00", ["currency"] = "USD" });
        steps[^1]["offsetDays"] = 40;
        steps.Insert(2, Work("suspend", 26, "recommend-suspension"));
        await _api.PutAsync($"/v1/collections/playbooks/{HardPlaybook}", new { name = "Hard cases", steps });
    }

    /// <summary>At noon in New York it is night in Tokyo: the mail leaves in the evening, which is morning there.
    /// </summary>
    private async Task NightAsync()
    {
        var notices = await HardRunAsync(1, (_lefevre, "first-notice"), (_kumo, "first-notice"));
        await BecomesAsync($"notices/{notices[_lefevre.Id]}", "status", "sent");
        await MailReadsAsync(1, "ap@lefevre.example", ["leur échéance est dépassée", "1 234,50 USD"]);
        await BecomesAsync($"notices/{notices[_kumo.Id]}", "reason", "quiet-hours");
        var night = await _api.GetAsync($"/v1/collections/notices/{notices[_kumo.Id]}");
        (night["status"]!.GetValue<string>(), night["putOffUntil"]!.GetValue<DateTimeOffset>()).ShouldBe(
            ("prepared", _due.AddDays(2).StartIn("Asia/Tokyo").AddHours(8)));

        await TheDayIsAsync(1, hour: 21);
        await BecomesAsync($"notices/{notices[_kumo.Id]}", "status", "sent");
        await MailReadsAsync(1, "ap@kumo.example", ["the due date has passed", "250.00 USD"]);
        await PayAsync(_kumoOwes, 250m);
    }

    /// <summary>The second notice costs what its contract allows; it comes back, and the next contact gets it free.
    /// </summary>
    private async Task FeeAndBounceAsync()
    {
        await HardRunWouldAskAsync(10, _lefevre);
        var notice = (await HardRunAsync(10, (_lefevre, "second-notice")))[_lefevre.Id];
        await BecomesAsync($"notices/{notice}", "status", "sent");
        await MailReadsAsync(10, "ap@lefevre.example", ["Cet avis entraîne des frais de 15,00 USD"]);
        var charged = await Eventually.Becomes(
            () => _api.GetAsync($"/v1/collections/notices/{notice}"), now => now["feeDocumentId"] is not null,
            "the fee is billed");
        var memo = await _api.GetAsync($"/v1/invoices/{charged["feeDocumentId"]!.GetValue<Guid>()}");
        Api.Amount(memo["balance"]).ShouldBe(15m);

        await _api.PostAsync($"/v1/collections/customers/{_lefevre.Id}/failed-addresses", new
        {
            address = "ap@lefevre.example",
            detail = "550 5.1.1 No such mailbox.",
            noticeId = notice,
        });
        await BecomesAsync($"notices/{notice}", "status", "failed");
        (await _api.ListAsync($"/v1/collections/tasks?customerId={_lefevre.Id}")).ShouldHaveSingleItem()["kind"]!
            .GetValue<string>().ShouldBe("repair-address");
        (await HardRunAsync(10, (_lefevre, "second-notice")))[_lefevre.Id].ShouldBe(notice);
        await BecomesAsync($"notices/{notice}", "status", "sent");
        await MailReadsAsync(10, "luc@lefevre.example", ["Bonjour Luc Martin,"], saysNot: "Cet avis entraîne");
        await PayAsync(memo, 15m);
    }

    /// <summary>Somebody else approves it, and Invoicing carries it out.</summary>
    private async Task SuspensionAsync()
    {
        await HardRunAsync(26, (_lefevre, "suspend"));
        var recommended = await Eventually.Becomes(
            () => _api.ListAsync($"/v1/collections/recommendations?customerId={_lefevre.Id}"),
            recommendations => recommendations.Count == 1, "it is recommended to suspend service");
        await ApproveAsync(recommended[0]["approvalId"]!.GetValue<Guid>(), "They had their chance.");
        await BecomesAsync($"recommendations/{Seller.Id(recommended[0])}", "status", "carried-out");
        await CustomerIsAsync("suspended");
    }

    /// <summary>While the agency has it nobody else asks for it; taken back it is asked for again.</summary>
    private async Task HandOverAsync()
    {
        var placed = await _api.PostAsync("/v1/collections/placements", new
        {
            customerId = _lefevre.Id,
            agency = "recouvrement",
            commissionPercent = "20",
            reason = "They do not answer.",
        });
        placed["status"]!.GetValue<string>().ShouldBe("proposed");
        _lefevre.Plan = Seller.Id(placed);
        await ApproveAsync(placed["approvalId"]!.GetValue<Guid>(), "Let them try.");
        await BecomesAsync($"placements/{_lefevre.Plan}", "status", "placed");
        (await _api.GetAsync($"/v1/collections/placements/{_lefevre.Plan}/pack")).ToJsonString()
            .ShouldContain(Seller.Number(_lefevreOwes));
    }

    /// <summary>A part comes while the agency has it, and a fifth of that is its own: in the books once, on both sides.
    /// </summary>
    private async Task CommissionAsync()
    {
        var receipt = await _api.PostAsync("/v1/receipts", new
        {
            legalEntity = Hard,
            method = "wire",
            amount = Seller.Usd(234.50m),
            valueDate = _due.AddDays(45),
            customerId = _lefevre.Id,
        });
        await _api.PostAsync($"/v1/receipts/{Seller.Id(receipt)}/allocations", new
        {
            allocations = new[] { new { invoiceId = Seller.Id(_lefevreOwes), amount = Seller.Usd(234.50m) } },
            reason = "The agency has sent it.",
        });
        await BalanceIsAsync(_lefevreOwes, 1_000m);
        var placed = await Eventually.Becomes(
            () => _api.GetAsync($"/v1/collections/placements/{_lefevre.Plan}"),
            now => Api.Amount(now["commission"]) > 0, "the agency has earned something");
        (Api.Amount(placed["received"]), Api.Amount(placed["commission"])).ShouldBe((234.50m, 46.90m));

        var entry = (await Eventually.Becomes(
            () => _api.ListAsync($"/v1/journal-entries?legalEntity={Hard}&sourceId={_lefevre.Plan}"),
            entries => entries.Count > 0, "what the agency has earned is in the books")).ShouldHaveSingleItem();
        entry["kind"]!.GetValue<string>().ShouldBe("agency-commission");
        entry["lines"]!.AsArray()
            .Select(line => (line!["role"]!.GetValue<string>(), Api.Amount(line["debit"]), Api.Amount(line["credit"])))
            .ShouldBe([("collection-costs", 46.90m, 0m), ("agency-commissions", 0m, 46.90m)]);
    }

    /// <summary>Nothing while the agency has it; then the last notice, the money, and service again.</summary>
    private async Task RecallAsync()
    {
        await HardRunAsync(60);
        await CommissionAsync();
        await _api.PostAsync($"/v1/collections/placements/{_lefevre.Plan}/recall", new { reason = "No success." });
        var notice = (await HardRunAsync(60, (_lefevre, "final-notice")))[_lefevre.Id];
        await BecomesAsync($"notices/{notice}", "status", "sent");
        await MailReadsAsync(60, "luc@lefevre.example", ["Malgré nos rappels précédents", "1 000,00 USD"]);
        await PayAsync(_lefevreOwes, 1_000m);
        await BecomesAsync($"placements/{_lefevre.Plan}", "status", "recalled");
        await CustomerIsAsync("active");
    }

    private Task CustomerIsAsync(string status) => Eventually.Becomes(
        () => _api.GetAsync($"/v1/customers/{_lefevre.Id}"),
        customer => customer["status"]!.GetValue<string>() == status, $"service is {status}");

    private async Task<Debtor> RegisterHardAsync(string name, string language, params object[] contacts)
    {
        var customer = await _api.PostAsync("/v1/customers", new
        {
            legalEntity = Hard,
            name,
            currency = "USD",
            country = "US",
            language,
            terms = "NET 30",
            clauses = new { reminderFee = "20", maySuspend = true },
            contacts,
        });
        return new Debtor(Seller.Id(customer), name, "", language);
    }

    /// <summary>Waits until a run of a day would write to these customers and to nobody else.</summary>
    private Task HardRunWouldAskAsync(int day, params Debtor[] expected) => Eventually.Becomes(
        () => HardPlanAsync(day, preview: true),
        plan => plan["notices"]!.AsArray().Select(notice => notice!["customerId"]!.GetValue<Guid>()).Order()
            .SequenceEqual(expected.Select(one => one.Id).Order()),
        $"collections knows who owes something on day {day}");

    private Task<JsonNode> HardPlanAsync(int day, bool preview) => _api.PostAsync("/v1/collections/dunning-runs", new
    {
        legalEntity = Hard,
        date = _due.AddDays(day),
        playbook = HardPlaybook,
        preview,
    });

    /// <summary>A run of the day leads to exactly these steps; gives the notices by customer.</summary>
    private async Task<Dictionary<Guid, Guid>> HardRunAsync(int day, params (Debtor Who, string Step)[] expected)
    {
        var run = await HardPlanAsync(day, preview: false);
        var notices = run["notices"]!.AsArray();
        notices.ShouldAllBe(notice => notice!["blockedBy"] == null, run.ToJsonString());
        notices.Select(notice => (notice!["customerId"]!.GetValue<Guid>(), notice["step"]!.GetValue<string>()))
            .ShouldBe(expected.Select(one => (one.Who.Id, one.Step)), ignoreOrder: true, run.ToJsonString());
        _diary.AddRange(expected.Select(one => $"{_due.AddDays(day):yyyy-MM-dd} {one.Who.Name}: {one.Step}"));
        return notices.ToDictionary(
            notice => notice!["customerId"]!.GetValue<Guid>(), notice => notice!["noticeId"]!.GetValue<Guid>());
    }

    /// <summary>One mail has come since, to this address; it says this, and not that.</summary>
    private async Task MailReadsAsync(int day, string to, IReadOnlyList<string> says, string? saysNot = null)
    {
        var mail = NewMails().ShouldHaveSingleItem();
        mail.To.ShouldBe([to]);
        await KeepAsync(
            FormattableString.Invariant($"hard-day{day:00}-{to}.eml"), Encoding.UTF8.GetBytes(mail.Content));
        var text = NoticeText.Plain(MailText.Of(mail.Content));
        foreach (var words in says)
            text.ShouldContain(words);
        if (saysNot is not null)
            text.ShouldNotContain(saysNot);
    }
}
