using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Money that came before what tells its purpose is matched by itself once that is there.</summary>
public sealed class Waiting_money(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task is_applied_when_its_invoice_comes()
    {
        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("66.60", "INV-US01-2026-800001"))).Id();
        var other = (await app.Client.PostAsync("/v1/receipts", Receipt("66.61", "INV-US01-2026-800002"))).Id();
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-800001", 66.60m);
        var matched = await AppliedAsync(receipt, 1);
        matched.Items("allocations").Single().Id("invoiceId").ShouldBe(invoice);
        matched.Items("allocations").Single().GetProperty("isAutomatic").GetBoolean().ShouldBeTrue();
        matched.Id("customerId").ShouldBe(Invoicing.Globex);
        (await app.Client.ReadAsync($"/v1/receipts/{other}")).Items("allocations").ShouldBeEmpty();
    }

    /// <summary>People pay by the number under which another system billed them.</summary>
    [Fact]
    public async Task is_applied_when_what_another_system_billed_comes()
    {
        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("71.13", "RE-2026-4711"))).Id();
        var item = Invoicing.Item("INV-US01-2026-800051", 71.13m, Invoicing.Globex) with
        {
            OrderReference = "SO-800051",
            ExternalNumber = "RE-2026-4711",
        };
        await app.Invoicing.PublishAsync(Invoicing.Issued(item), 1);
        var matched = await AppliedAsync(receipt, 1);
        matched.Items("allocations").Single().Id("invoiceId").ShouldBe(item.InvoiceId);
    }

    /// <summary>Payers name either, and a publisher of before, which tells no such number, does no harm.</summary>
    [Fact]
    public async Task is_applied_by_the_order_as_well_as_by_the_number_in_another_system()
    {
        var waiting = (await app.Client.PostAsync("/v1/receipts", Receipt("72.14", "SO-77052"))).Id();
        var one = Invoicing.Item("INV-US01-2026-800061", 72.14m, Invoicing.Globex) with
        {
            OrderReference = "SO-77052",
            ExternalNumber = "RE-2026-4712",
        };
        await app.Invoicing.PublishAsync(Invoicing.Issued(one), 1);
        (await AppliedAsync(waiting, 1)).Items("allocations").Single().Id("invoiceId").ShouldBe(one.InvoiceId);

        var other = Invoicing.Item("INV-US01-2026-800062", 72.15m, Invoicing.Globex) with
        {
            OrderReference = "SO-77053",
            ExternalNumber = "RE-2026-4713",
        };
        await app.Invoicing.PublishAsync(Invoicing.Issued(other), 1);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(
                $"select count(*) from open_items where invoice_id = '{other.InvoiceId}'") == 1,
            "the message that tells the number is known");
        await app.Invoicing.PublishAsync(Invoicing.Issued(other with { ExternalNumber = null }), 2);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(
                $"select count(*) from open_items where invoice_id = '{other.InvoiceId}' and version = 2") == 1,
            "the message of the older publisher is known");
        var paid = (await app.Client.PostAsync("/v1/receipts", Receipt("72.15", "RE-2026-4713"))).Id();
        (await AppliedAsync(paid, 1)).Items("allocations").Single().Id("invoiceId").ShouldBe(other.InvoiceId);
        (await app.ScalarAsync<string>(
            $"select order_reference from open_items where invoice_id = '{other.InvoiceId}'")).ShouldBe("SO-77053");
    }

    /// <summary>What the payer told in fields is kept: so much of each, not all of what is open.</summary>
    [Fact]
    public async Task keeps_the_amounts_of_its_documents_until_these_come()
    {
        await app.Client.PutAsync("/v1/bank-accounts/US01-DOCS", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = "DOCS",
            ledgerAccount = "1000",
            detailByFile = new { ach = true },
        }, 201);
        var receipt = (await app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(new Nacha("DOCS")
                .Credit("DOCS", 100m, "121042880000071", addenda:
                    "RMR*IV*INV-US01-2026-800011**60.00\\RMR*IV*INV-US01-2026-800012**40.00\\").File()), 201))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        await app.Invoicing.InvoiceAsync("INV-US01-2026-800011", 90m);
        await EventuallyAsync(receipt, now => now.TryGetProperty("customerId", out var id)
            && id.ValueKind == JsonValueKind.String);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-800012", 90m);
        var matched = await AppliedAsync(receipt, 2);
        matched.Items("allocations").Select(item => (item.Text("invoiceNumber"), item.Amount("amount")))
            .ShouldBe([("INV-US01-2026-800011", 60m), ("INV-US01-2026-800012", 40m)]);
    }

    /// <summary>CASH-06: no amount is equal, and nothing of the numbers stands in the text as it is written.</summary>
    [Fact]
    public async Task cash06_is_matched_by_references_with_letters_that_the_policy_leaves_out()
    {
        await app.Client.PutAsync("/v1/cash-policies/US01", new
        {
            autoApplyThreshold = "0.90",
            referenceRules = new { prefixes = Array.Empty<string>(), letters = "x" },
        });
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>("select count(*) from match_news where looked_at is null") == 0,
            "what is changed by the policy is looked at");
        var receipt = (await app.Client.PostAsync(
            "/v1/receipts", Receipt("157.10", "INVXUS01X2026X000923 INVXUS01X2026X000924"))).Id();

        await app.Invoicing.InvoiceAsync("INV-US01-2026-000923", 105.07m);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-000924", 52.03m);

        (await AppliedAsync(receipt, 2)).Items("allocations").Sum(one => one.Amount("amount")).ShouldBe(157.10m);
        await app.Client.PutAsync("/v1/cash-policies/US01", new { autoApplyThreshold = "0.90" });
    }

    /// <summary>Items that are promised, and not answered for, do not hide those that are free.</summary>
    [Fact]
    public async Task is_suggested_for_what_is_free_beside_what_is_promised()
    {
        for (var index = 0; index < 4; index++)
            await app.Invoicing.InvoiceAsync($"INV-US01-2026-80012{index}", 64.17m);
        for (var index = 0; index < 3; index++)
        {
            var promised = await app.Client.PostAsync("/v1/receipts", Receipt("64.17"));
            await app.Client.PostAsync(
                $"/v1/receipts/{promised.Id()}/accept",
                new { suggestion = promised.Items("suggestions")[0].Text("key") }, 202);
        }

        var last = await app.Client.PostAsync("/v1/receipts", Receipt("64.17"));
        last.Items("suggestions").ShouldHaveSingleItem().Items("allocations").ShouldHaveSingleItem()
            .Amount("amount").ShouldBe(64.17m);
    }

    [Fact]
    public async Task is_a_customers_when_the_payer_is_learned()
    {
        const string account = "FR1420041010050500013M02606";
        var waiting = (await app.Client.PostAsync("/v1/receipts", Receipt("19.03", "thanks", account))).Id();
        var known = (await app.Client.PostAsync("/v1/receipts", Receipt("19.04", "more thanks", account))).Id();
        await app.Client.PostAsync($"/v1/receipts/{known}/customer", new { customerId = Invoicing.Initech }, 200);
        await EventuallyAsync(waiting, now => now.TryGetProperty("customerId", out var id)
            && id.ValueKind == JsonValueKind.String && id.GetGuid() == Invoicing.Initech);
    }

    [Fact]
    public async Task is_a_customers_when_that_one_is_registered()
    {
        var customer = Ids.From("test-customer", "umbrella");
        var receipt = (await app.Client.PostAsync("/v1/receipts",
            Receipt("21.03", "thanks", name: "Umbrella Trading Company"))).Id();
        await app.Invoicing.PublishAsync(new CustomerRegistered(customer, "CUST-US01-000077", "US01",
            "Umbrella Trading Company", null, "USD", "US", "en", null, "NET 30", null, []), 1);
        await EventuallyAsync(receipt, now => now.GetProperty("customerId").ValueKind == JsonValueKind.String
            && now.Id("customerId") == customer);
    }

    /// <summary>Its account tells of one customer and its text of another: so both may have paid it.</summary>
    [Fact]
    public async Task names_who_may_have_paid_it_where_that_is_not_certain()
    {
        const string account = "GB29NWBK60161331926819";
        var known = (await app.Client.PostAsync("/v1/receipts", Receipt("19.05", "thanks", account))).Id();
        await app.Client.PostAsync($"/v1/receipts/{known}/customer", new { customerId = Invoicing.Initech }, 200);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-800031", 45.11m);

        var receipt = (await app.Client.PostAsync(
            "/v1/receipts", Receipt("45.11", "INV-US01-2026-800031", account))).Id();

        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).GetProperty("customerId").ValueKind
            .ShouldBe(JsonValueKind.Null);
        (await app.ScalarAsync<string>(
            "select data->>'Payers' from mt_events where type = 'receipt_set_aside' " +
            $"and stream_id = '{receipt}' order by version desc limit 1"))
            .ShouldContain(Invoicing.Initech.ToString());
    }

    /// <summary>Money that waited before likely payers were told is looked at once more, and only that.</summary>
    [Fact]
    public async Task from_before_payers_were_told_is_looked_at_again()
    {
        var waiting = (await app.Client.PostAsync("/v1/receipts", Receipt("23.41", "nobody knows"))).Id();
        var known = (await app.Client.PostAsync("/v1/receipts", Receipt("23.42", "somebody does"))).Id();
        await app.Client.PostAsync($"/v1/receipts/{known}/customer", new { customerId = Invoicing.Initech }, 200);
        await using var file = typeof(CashApplicationService).Assembly.GetManifestResourceStream(
            typeof(CashApplicationService).Assembly.GetManifestResourceNames()
                .Single(name => name.Contains(".0027_", StringComparison.Ordinal)))!;
        using var sql = new StreamReader(file);

        await ExecuteAsync(await sql.ReadToEndAsync());

        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(
                "select count(*) from match_news where kind = 'receipt' and looked_at is not null " +
                $"and subject = '{waiting}'") == 1,
            "it is looked at");
        (await app.ScalarAsync<long>(
            $"select count(*) from match_news where kind = 'receipt' and subject = '{known}'")).ShouldBe(0);
    }

    /// <summary>Recorded long ago, it is in no second look at the news: only news of its own leads to it.</summary>
    [Fact]
    public async Task is_matched_after_a_fault_which_operators_are_told_of()
    {
        using var failures = new Readings("otc.work.failures", "otc.work", "Matching of waiting money");
        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("73.31", "INV-US01-2026-800071"))).Id();
        await ExecuteAsync(
            $"update receipts set recorded_at = now() - interval '7 days' where id = '{receipt}';" +
            "create function turn_away() returns trigger language plpgsql as " +
            "$$ begin raise exception 'a fault'; end $$;" +
            "create trigger turn_away before update on receipts for each row " +
            $"when (old.id = '{receipt}') execute function turn_away();");

        await app.Invoicing.InvoiceAsync("INV-US01-2026-800071", 73.31m);

        var itself = $"where kind = 'receipt' and looked_at is null and subject = '{receipt}'";
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>($"select count(*) from match_news {itself}") == 1,
            "the receipt is news of its own");
        failures.Seen.Sum().ShouldBeGreaterThan(0);
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Items("allocations").ShouldBeEmpty();

        await ExecuteAsync($"drop trigger turn_away on receipts; update match_news set due_at = now() {itself}");
        (await AppliedAsync(receipt, 1)).Amount("pending").ShouldBe(73.31m);
    }

    [Fact]
    public async Task is_left_alone_where_a_person_took_it_back_or_invoicing_refused_it()
    {
        var first = await app.Invoicing.InvoiceAsync("INV-US01-2026-800021", 87.31m);
        var taken = await app.Client.PostAsync("/v1/receipts", Receipt("87.31", "INV-US01-2026-800021"));
        var back = taken.Items("allocations").Single().Id();
        await app.Client.PostAsync($"/v1/receipts/{taken.Id()}/undo", new { reason = "wrong" }, 202);
        await app.Invoicing.PublishAsync(app.Invoicing.Answer(taken.Id(), back, first, 87.31m), 2);
        await EventuallyAsync(taken.Id(), now => now.Items("allocations")[0].Text("status") == "reversal-pending");
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(taken.Id(), back, first, 87.31m), 3);
        await EventuallyAsync(taken.Id(), now => now.Amount("unapplied") == 87.31m);

        var second = await app.Invoicing.InvoiceAsync("INV-US01-2026-800022", 88.31m);
        var refused = await app.Client.PostAsync("/v1/receipts", Receipt("88.31", "INV-US01-2026-800022"));
        await app.Invoicing.PublishAsync(new PaymentApplicationRejected(
            second, 1, refused.Items("allocations").Single().Id(), refused.Id(),
            new Contracts.MoneyAmount(88.31m, "USD"), "invoice-void", "It is void."), 2);
        await EventuallyAsync(refused.Id(), now => now.Amount("unapplied") == 88.31m);

        var unknown = (await app.Client.PostAsync("/v1/receipts", Receipt("89.31", "nobody's"))).Id();
        await app.Client.PostAsync($"/v1/receipts/{unknown}/customer", new { customerId = Invoicing.Globex }, 200);
        await app.Client.PostAsync($"/v1/receipts/{unknown}/undo", new { reason = "not theirs" }, 202);

        var same = new[] { (800023, 87.31m), (800024, 88.31m), (800025, 89.31m) };
        foreach (var (number, amount) in same)
            await app.Invoicing.InvoiceAsync($"INV-US01-2026-{number}", amount);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>("select count(*) from match_news where looked_at is null") == 0,
            "all news are looked at");
        foreach (var (receipt, allocations) in new[] { (taken.Id(), 1), (refused.Id(), 1), (unknown, 0) })
        {
            var now = await app.Client.ReadAsync($"/v1/receipts/{receipt}");
            now.Items("allocations").Length.ShouldBe(allocations);
            now.Amount("pending").ShouldBe(0m);
        }
    }

    /// <summary>
    /// Other news are not held up by all the money that rules are changed for: a thousand receipts are due at once,
    /// however often the rules change, and what waits for its turn does not wait twice.
    /// </summary>
    [Fact]
    public async Task is_looked_at_bit_by_bit_where_the_rules_change()
    {
        var token = TestContext.Current.CancellationToken;
        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("77.31", "nobody's"))).Id();
        await using var connection = await app.Database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await RunAsync([new NpgsqlBatchCommand($"""
            insert into receipts select many.* from receipts r, generate_series(1, 7500) n, jsonb_populate_record(
                r, jsonb_build_object('id', gen_random_uuid(), 'number', 'N-' || n, 'legal_entity', 'XX01')) many
            where r.id = '{receipt}'
            """)]);
        await RunAsync(await new MatchNews().HandleAsync([Changed(TimeSpan.FromDays(8))], token));
        (await CountAsync("true")).ShouldBe(0, "what is old is no news");
        var changed = Changed(TimeSpan.Zero);
        await RunAsync(await new MatchNews().HandleAsync([changed], token));
        (await CountAsync("true"), await CountAsync("n.due_at <= now()")).ShouldBe((7_500, 1_000));
        await RunAsync(await new MatchNews().HandleAsync([changed], token));
        (await CountAsync("true"), await CountAsync("n.due_at > now() + interval '1 minute'"))
            .ShouldBe((14_500, 7_500));
        await RunAsync(await new MatchNews().HandleAsync([changed], token));
        (await CountAsync("true")).ShouldBe(14_500);
        (await CountAsync("(select count(*) from match_news o where o.due_at = n.due_at) > 1000")).ShouldBe(0);

        static StoredEvent Changed(TimeSpan ago) => new()
        {
            Id = Ids.From("test", "rules changed"),
            StreamId = CashPolicies.IdOf("XX01"),
            Version = 1,
            Type = "rule_set_defined",
            Data = new RuleSetDefined("XX01", RuleSet.Standard),
            At = TimeProvider.System.GetUtcNow() - ago,
            Metadata = new EventMetadata("ana"),
        };

        async Task RunAsync(IReadOnlyList<NpgsqlBatchCommand> commands)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var command in commands)
                batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync(token);
        }

        async Task<long> CountAsync(string condition)
        {
            await using var command = new NpgsqlCommand(
                "select count(*) from match_news n join receipts r on r.id = n.subject " +
                $"where r.legal_entity = 'XX01' and {condition}", connection, transaction);
            return (long)(await command.ExecuteScalarAsync(token))!;
        }
    }

    /// <summary>
    /// An instance whose clock is ahead looks at news, and is gone: others look at them again a minute later, not when
    /// its clock would have said so.
    /// </summary>
    [Fact]
    public async Task is_looked_at_by_the_clock_of_the_database()
    {
        var token = TestContext.Current.CancellationToken;
        var news = Ids.From("test", "news of a clock ahead");
        await ExecuteAsync($"insert into match_news (kind, subject) values ('receipt', '{news}')");
        var matcher = ActivatorUtilities.CreateInstance<WaitingMatcher>(new ClockAhead(app.Services));
        while (await matcher.LookAsync(async (_, run, _) => { await run(); return true; }, token))
        {
        }

        (await app.ScalarAsync<long>(
            $"select count(*) from match_news where subject = '{news}' and looked_at <= now() " +
            "and due_at <= now() + interval '1 minute'")).ShouldBe(1);
    }

    private sealed class ClockAhead(IServiceProvider services) : TimeProvider, IServiceProvider
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(TimeProvider) ? this : services.GetService(serviceType);

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(40);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = app.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private Task<JsonElement> AppliedAsync(Guid receipt, int allocations) =>
        EventuallyAsync(receipt, now => now.Items("allocations").Length == allocations);

    private Task<JsonElement> EventuallyAsync(Guid receipt, Func<JsonElement, bool> condition) => Eventually.Becomes(
        () => app.Client.ReadAsync($"/v1/receipts/{receipt}"), condition, $"receipt {receipt} is as expected");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
