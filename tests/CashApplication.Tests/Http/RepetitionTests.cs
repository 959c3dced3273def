using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Requests, messages and history, many at once or once more: each counts once.</summary>
public sealed class What_comes_at_once_or_again(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    /// <summary>
    /// D-07: the first answer is lost behind the commit, and somebody presses the button three times more.
    /// </summary>
    [Fact]
    public async Task d07_after_a_lost_answer_the_same_key_books_nothing_new()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-800001", 90m);
        using var deaf = new HttpClient(new LosesAnswers(new HttpClientHandler()))
        {
            BaseAddress = app.Client.BaseAddress,
        };
        deaf.DefaultRequestHeaders.Authorization = app.Client.DefaultRequestHeaders.Authorization;
        var body = Receipt("300.07", "CUST-US01-000001");
        await Should.ThrowAsync<HttpRequestException>(() => deaf.PostAsync("/v1/receipts", body, key: "lost-1"));
        var receipt = await app.Client.PostAsync("/v1/receipts", body, key: "lost-1");
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 300.07")).ShouldBe(1);

        var path = $"/v1/receipts/{receipt.Id()}/allocations";
        var apply = new { allocations = new[] { new { invoiceId = invoice, amount = Usd("90.00") } } };
        await Should.ThrowAsync<HttpRequestException>(() => deaf.PostAsync(path, apply, 202, "lost-2"));
        for (var click = 0; click < 3; click++)
        {
            (await app.Client.PostAsync(path, apply, 202, "lost-2")).Items("allocations").ShouldHaveSingleItem()
                .Amount("amount").ShouldBe(90m);
        }

        (await app.Client.ReadAsync($"/v1/receipts/{receipt.Id()}/history")).Items().Select(item => item.Text("type"))
            .ShouldBe(["receipt-recorded", "receipt-set-aside", "allocations-requested", "receipt-set-aside"]);
    }

    /// <summary>D-09: what Invoicing answers comes five times over, in any order.</summary>
    [Fact]
    public async Task d09_answers_five_times_and_shuffled_count_once()
    {
        var applied = await AskedAsync("INV-US01-2026-800011", "55.00");
        var refused = await AskedAsync("INV-US01-2026-800012", "66.00");
        var takenBack = await AskedAsync("INV-US01-2026-800013", "77.00");
        var before = await HandledAsync();
        app.Invoicing.Answer(Guid.Empty, Guid.Empty, refused.Invoice, 1m);
        List<(object Contract, long Version)> answers =
        [
            (app.Invoicing.Answer(applied.Receipt, applied.Allocation, applied.Invoice, 55m), 2),
            (app.Invoicing.Answer(refused.Receipt, refused.Allocation, refused.Invoice, 66m), 3),
            (app.Invoicing.Answer(takenBack.Receipt, takenBack.Allocation, takenBack.Invoice, 77m), 2),
        ];
        await app.Client.PostAsync($"/v1/receipts/{takenBack.Receipt}/undo", new { reason = "wrong" }, 202);
        answers.Add((app.Invoicing.Reverse(takenBack.Receipt, takenBack.Allocation, takenBack.Invoice, 77m), 3));

        // Of the five, two are the same message again and three are messages of their own.
        (object Contract, long Version, Guid Id)[] deliveries =
        [
            .. answers.SelectMany((answer, index) => Enumerable.Range(0, 5).Select(time =>
                (answer.Contract, answer.Version, Ids.From("d09", $"{index}", $"{Math.Max(0, time - 1)}")))),
        ];
        new Random(20261129).Shuffle(deliveries);
        foreach (var (contract, version, id) in deliveries)
            await app.Invoicing.PublishAsync(contract, version, id);
        await Eventually.Becomes(HandledAsync, handled => handled == before + 16, "each message is handled");

        await StandsAsync(applied.Receipt, "applied", 0m, 55m);
        await StandsAsync(refused.Receipt, "unapplied", 66m, 0m);
        await StandsAsync(takenBack.Receipt, "unapplied", 77m, 0m);
        (await app.ScalarAsync<long>(
            "select count(*) - count(distinct (stream_id, type)) from mt_events where type in " +
            "('allocation_confirmed', 'allocation_rejected', 'allocation_reversed')")).ShouldBe(0);
    }

    /// <summary>D-32: an invoice that is told three times is owed once, and so is what was paid of it.</summary>
    [Fact]
    public async Task d32_an_invoice_told_three_times_is_owed_once()
    {
        const string number = "INV-US01-2026-800021";
        var invoice = await app.Invoicing.InvoiceAsync(number, 120m, Invoicing.Initech);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("40.00", "CUST-US01-000002"));
        var asked = await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/allocations",
            new { allocations = new[] { new { invoiceId = invoice, amount = Usd("40.00") } } }, 202);
        var answer = app.Invoicing.Answer(receipt.Id(), asked.Items("allocations").Single().Id(), invoice, 40m);
        var before = await HandledAsync();
        for (var time = 0; time < 3; time++)
        {
            await app.Invoicing.PublishAsync(answer, 2);
            await app.Invoicing.PublishAsync(
                Invoicing.Issued(Invoicing.Item(number, 120m, Invoicing.Initech)), 1);
        }

        await Eventually.Becomes(HandledAsync, handled => handled == before + 6, "all is told");
        await app.Invoicing.KnowsAsync(invoice, 80m);
        (await app.Client.ReadAsync($"/v1/open-items?customerId={Invoicing.Initech}")).Items()
            .Where(item => item.Text("invoiceNumber") == number).ShouldHaveSingleItem()
            .Amount("available").ShouldBe(80m);
        var stands = await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/customers/{Invoicing.Initech}/reconciliation"),
            now => now.Items("currencies") is [var row] && row.Amount("paid") == 40m, "the payment is known");
        stands.GetProperty("ties").GetBoolean().ShouldBeTrue(stands.ToString());
        stands.Items("currencies").Single().Amount("open").ShouldBe(80m);
    }

    /// <summary>
    /// D-45: the whole history once more makes the same tables, decides nothing anew and says nothing to anybody.
    /// </summary>
    [Fact]
    public async Task d45_a_replayed_history_makes_the_same_tables_and_has_no_effects()
    {
        await app.Client.RegisterMainAccountAsync();
        var statement = new Camt("D45", new DateOnly(2026, 11, 2), 0m)
            .Credit(11m, "CUST-US01-000001").Credit(12m, "unknown", payer: null).Debit(3m, "ICDT", "ESCT");
        await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201);
        var bounced = await app.Client.PostAsync("/v1/receipts", Receipt("31.50", "CUST-US01-000001"));
        await app.Client.PostAsync($"/v1/receipts/{bounced.Id()}/reverse", new { reason = "nsf", code = "R01" }, 202);
        await OfOneMoneyAsync();
        await HeldAsync();
        var projections = app.Services.GetRequiredService<IReadOnlyList<Projection>>();
        string[] tables = [.. projections.SelectMany(projection => projection.Tables).Distinct().Order()];
        var (before, told) = (await TablesAsync(tables), await LogAsync());

        foreach (var projection in projections)
            await app.Services.GetRequiredService<ProjectionRebuild>().RunAsync(projection.Name);

        (await TablesAsync(tables)).ShouldBe(before);
        before.Count(rows => rows.Length > 2).ShouldBeGreaterThan(5);
        (await LogAsync()).ShouldBe(told);
    }

    /// <summary>
    /// A processor's reference that was an error and is another receipt's now; money that was entered before and after
    /// its credit; a part that went back while the money was on its way, and one from the bank.
    /// </summary>
    private async Task OfOneMoneyAsync()
    {
        var error = (await app.Client.PostAsync("/v1/receipts", Of("41.10", "ch_d45_77"))).Id();
        await app.Client.PostAsync($"/v1/receipts/{error}/reverse", new { reason = "error" }, 202);
        await app.Client.PostAsync("/v1/receipts", Of("41.20", "ch_d45_77"));
        var entered = (await app.Client.PostAsync("/v1/receipts", Of("42.10", "ch_d45_78"))).Id();
        var parted = (await app.Client.PostAsync("/v1/receipts", Of("43.10", "ch_d45_79"))).Id();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await app.Client.PostAsync($"/v1/receipts/{parted}/reverse",
                new { reason = "chargeback", amount = Usd("3.10"), reference = "CB-1" }, 202);
        }

        (await app.Client.ReadAsync($"/v1/receipts/{parted}")).Amount("reversed").ShouldBe(3.10m);
        var statement = new Camt("D45-2", new DateOnly(2026, 11, 3), 20m)
            .Credit(42.10m, "paid by ch_d45_78", payer: null).Credit(44.10m, "paid by ch_d45_80", payer: null);
        var ids = (await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201)).Items("receiptIds");
        ids[0].GetGuid().ShouldBe(entered);
        (await app.Client.PostAsync("/v1/receipts", Of("44.10", "ch_d45_80"), 200)).Id().ShouldBe(ids[1].GetGuid());
        await app.Client.PostAsync($"/v1/receipts/{entered}/reverse",
            new { reason = "chargeback", amount = Usd("2.10"), reference = "CB-2" }, 202);
        (await app.ScalarAsync<string>("select bank_account from bank_postings " +
            $"where receipt_id = '{entered}' and kind = 'receipt-partly-reversed'")).ShouldBe("US01-MAIN");

        static object Of(string amount, string processor) => new
        {
            legalEntity = "US01",
            method = "card",
            amount = Usd(amount),
            valueDate = "2026-11-02",
            processorReference = processor,
        };
    }

    /// <summary>GW-14: a file whose effects are held, and one that was armed.</summary>
    private async Task HeldAsync()
    {
        var held = new Camt("D45-3", new DateOnly(2026, 11, 4), 106.20m).Credit(5.55m, "held", payer: null);
        await app.Client.PostAsync("/v1/bank-statements?effects=held", Xml(held.Xml()), 201);
        var debit = new Camt("D45-4", new DateOnly(2026, 11, 5), held.Closing).Debit(1m, "ICDT", "ESCT");
        var armed = (await app.Client.PostAsync("/v1/bank-statements?effects=held", Xml(debit.Xml()), 201)).Id();
        await app.Client.PostAsync($"/v1/bank-statements/{armed}/arm", new { reason = "checked" }, 200);
        (await app.ScalarAsync<string>("select string_agg(effects, ' ' order by received_at) from statement_imports"))
            .ShouldBe("held armed");
    }

    /// <summary>D-11: every success is an event with its answer, and everything else left nothing.</summary>
    [Fact]
    public async Task d11_requests_at_once_are_each_answered_with_what_is_in_the_log()
    {
        var before = await app.ScalarAsync<long>("select count(*) from mt_events where type = 'receipt_recorded'");
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async index =>
        {
            // Every fifth cannot be recorded.
            var body = Receipt(index % 5 == 0 ? "0.00" : "11.11", "at once");
            using var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                app.Client, "/v1/receipts", body);
            return ((int)answer.StatusCode, Body: await answer.Content.ReadAsStringAsync());
        }));
        answers.Count(answer => answer.Item1 == 422).ShouldBe(20);
        var ids = answers.Where(answer => answer.Item1 == 201)
            .Select(answer => System.Text.Json.JsonDocument.Parse(answer.Body).RootElement.Id()).ToHashSet();
        ids.Count.ShouldBe(80);
        (await app.ScalarAsync<long>("select count(*) from mt_events where type = 'receipt_recorded'"))
            .ShouldBe(before + 80);
        (await app.ScalarAsync<long>(
            $"select count(*) from receipts where id = any('{{{string.Join(',', ids)}}}'::uuid[])")).ShouldBe(80);
    }

    /// <summary>D-18: seventy people at once, over the same items in orders that cross.</summary>
    [Fact]
    public async Task d18_receipts_are_applied_over_the_same_items_without_a_deadlock()
    {
        const string deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
        var invoices = new List<Guid>();
        for (var index = 0; index < 7; index++)
            invoices.Add(await app.Invoicing.InvoiceAsync($"INV-US01-2026-00020{index}", 700m));
        var receipts = await Task.WhenAll(Enumerable.Range(0, 70)
            .Select(_ => app.Client.PostAsync("/v1/receipts", Receipt("70.00", "CUST-US01-000001"))));
        var before = await app.ScalarAsync<long>(deadlocks);
        await Task.WhenAll(receipts.Select((receipt, index) =>
        {
            var crossing = invoices.ToArray();
            new Random(index).Shuffle(crossing);
            return app.Client.PostAsync(
                $"/v1/receipts/{receipt.Id()}/allocations",
                new { allocations = crossing.Select(invoice => new { invoiceId = invoice, amount = Usd("10.00") }) },
                202);
        }));
        (await app.ScalarAsync<long>(deadlocks)).ShouldBe(before);
        (await app.ScalarAsync<long>(
            $"select count(*) from allocations where settled = 10 and status = 'pending' " +
            $"and invoice_id = any('{{{string.Join(',', invoices)}}}'::uuid[])")).ShouldBe(490);
    }

    private async Task<(Guid Receipt, Guid Allocation, Guid Invoice)> AskedAsync(string number, string amount)
    {
        var invoice = await app.Invoicing.InvoiceAsync(
            number, decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt(amount, number));
        return (receipt.Id(), receipt.Items("allocations").ShouldHaveSingleItem().Id(), invoice);
    }

    private async Task StandsAsync(Guid receipt, string status, decimal unapplied, decimal applied)
    {
        var now = await app.Client.ReadAsync($"/v1/receipts/{receipt}");
        (now.Text("status"), now.Amount("unapplied"), now.Amount("pending"), now.Amount("applied"))
            .ShouldBe((status, unapplied, 0m, applied));
    }

    private Task<long> HandledAsync() => app.ScalarAsync<long>("select count(*) from otc_inbox");

    /// <summary>What is in the log, and how far it is published: nothing more may come of a replay.</summary>
    private Task<string> LogAsync() =>
        app.ScalarAsync<string>("select max(seq_id) || '/' || count(*) from mt_events");

    private async Task<IReadOnlyList<string>> TablesAsync(IEnumerable<string> tables)
    {
        var all = new List<string>();
        foreach (var table in tables)
        {
            all.Add(await app.ScalarAsync<string>(
                $"select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)), '[]')::text from {table} t"));
        }

        return all;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Sends what it is given, and loses what comes back.</summary>
    private sealed class LosesAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var answer = await base.SendAsync(request, cancellationToken);
            answer.IsSuccessStatusCode.ShouldBeTrue();
            throw new HttpRequestException("The line is dead.");
        }
    }
}
