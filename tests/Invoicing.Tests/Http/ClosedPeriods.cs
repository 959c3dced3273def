using System.Globalization;
using System.Net;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Periods;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class ClosedPeriods(InvoicingApp app)
{
    private static readonly Period Current = Period.Of(TestApi.Today);
    private static readonly Period Last = Current.Previous;

    [Fact]
    public async Task Periods_are_closed_in_their_order_and_the_others_hear_of_it()
    {
        var entity = await app.EntityAsync();

        var closed = (await CloseAsync(entity, Last.Previous)).ShouldBe(HttpStatusCode.OK);

        closed["status"].GetString().ShouldBe("closed");
        closed["firstOpenDay"].GetString().ShouldBe($"{Last.FirstDay:O}");
        (await CloseAsync(entity, Last.Previous)).ShouldBe(HttpStatusCode.Conflict, "period-closed-already");
        (await CloseAsync(entity, Current)).ShouldBe(HttpStatusCode.Conflict, "earlier-period-open");
        (await CloseAsync(entity, Last)).ShouldBe(HttpStatusCode.OK);
        (await CloseAsync(entity, Current)).ShouldBe(HttpStatusCode.OK);
        (await CloseAsync(entity, Current.Next)).ShouldBe(HttpStatusCode.Conflict, "period-not-begun");
        (await app.Client.PostAsync($"/v1/periods/{entity}/2026-13/close", new { }))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-period");
        (await app.Client.PostAsync("/v1/periods/NOBODY/2026-10/close", new { })).ShouldBe(HttpStatusCode.NotFound);
        var periods = (await app.Client.ReadAsync($"/v1/periods/{entity}"))["periods"].EnumerateArray();
        periods.Select(one => one.GetProperty("status").GetString()).Distinct().ShouldHaveSingleItem()
            .ShouldBe("closed");
        var heard = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<AccountingPeriodChanged>(entity)), all => all.Count == 3,
            "all are heard");
        heard.Select(change => (change.Kind, change.Period, change.FirstOpenDay)).ShouldBe(
        [
            ("closed", $"{Last.Previous}", Last.FirstDay), ("closed", $"{Last}", Current.FirstDay),
            ("closed", $"{Current}", Current.Next.FirstDay),
        ]);
        (await app.Client.ReadAsync($"/v1/periods/{entity}/history"))["items"].GetArrayLength().ShouldBe(3);
        using var elsewhere = app.ClientWith("invoicing:read", "ELSEWHERE");
        (await elsewhere.ReadAsync($"/v1/periods/{entity}/history"))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    /// <summary>D-38: no command posts into a closed period, whatever date it names.</summary>
    [Fact]
    public async Task D38_every_command_with_a_date_in_a_closed_period_is_refused_and_names_the_next_open_one()
    {
        var entity = await app.EntityAsync();
        var books = await BooksAsync(entity);
        (await CloseAsync(entity, Last)).ShouldBe(HttpStatusCode.OK);
        var before = await PrintedAsync(entity);

        foreach (var day in new[] { Last.LastDay, Last.FirstDay, Last.Previous.LastDay, new DateOnly(2001, 2, 3) })
        {
            foreach (var (path, body) in Dated(books, day))
            {
                var answer = await app.Client.PostAsync(path, body);
                answer.ShouldBe(HttpStatusCode.Conflict, "period-closed");
                answer["detail"].GetString()!.ShouldContain($"{Current.FirstDay:O}", customMessage: path);
            }

            var batch = await app.Client.PostAsync("/v1/invoices/batch", new
            {
                invoices = new[] { TestApi.Invoice(books.Customer, 5, day), TestApi.Invoice(books.Customer, 5) },
            });
            batch["results"].EnumerateArray().Select(one => one.GetProperty("status").GetInt32()).ShouldBe([409, 201]);
            batch["results"][0].GetProperty("problem").GetProperty("code").GetString().ShouldBe("period-closed");
        }

        (await PrintedAsync(entity)).ShouldBe(before);
    }

    /// <summary>D-39: what a closed period holds is undone in an open one, on a day of its own.</summary>
    [Fact]
    public async Task D39_what_was_posted_in_a_closed_period_is_undone_in_an_open_one()
    {
        var entity = await app.EntityAsync();
        var books = await BooksAsync(entity);
        var late = Some.NewId();
        (await CloseAsync(entity, Last)).ShouldBe(HttpStatusCode.OK);
        var before = await PrintedAsync(entity);

        foreach (var (path, body) in Dated(books, null))
            (await app.Client.PostAsync(path, body)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);
        await app.Bus.PublishAsync(Messages.Requested(late, books.WrittenOff, 10) with { ValueDate = Last.LastDay });
        await app.Bus.PublishAsync(Messages.ReversalRequested(books.Allocation, books.Paid, 30));
        await app.Bus.PublishAsync(Messages.ReceiptPosted(entity, books.Customer, 10, Last.LastDay));

        var applied = (await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<PaymentApplied>(late)), all => all.Count == 1, "it is applied"))[0];
        (applied.ValueDate, applied.PostingDate).ShouldBe((Last.LastDay, TestApi.Today));
        await Eventually.BecomesTrue(
            () => app.Bus.Heard<PaymentReversed>(books.Allocation).Count == 1, "the payment is reversed");
        await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/journal-entries?legalEntity={entity}&period={Current}&limit=100"),
            list => list.Text.Contains("receipt-recorded", StringComparison.Ordinal), "the receipt's entry is here");
        (await PrintedAsync(entity)).ShouldBe(before);
    }

    [Fact]
    public async Task While_the_current_month_is_closed_what_comes_by_itself_is_posted_on_the_first_open_day()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 100, TestApi.Today);
        (await CloseAsync(entity, Current)).ShouldBe(HttpStatusCode.OK);
        var allocation = Some.NewId();

        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 40));

        var applied = (await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<PaymentApplied>(allocation)), all => all.Count == 1,
            "it is applied"))[0];
        applied.PostingDate.ShouldBe(Current.Next.FirstDay);
        object line = new { description = "Widget", quantity = "1", unitPrice = "5" };
        var undated = await app.Client.PostAsync(
            "/v1/invoices", new { customerId = customer, lines = new[] { line } });
        undated.ShouldBe(HttpStatusCode.Created)["invoiceDate"].GetString().ShouldBe($"{Current.Next.FirstDay:O}");
        (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(customer, 5, TestApi.Today)))
            .ShouldBe(HttpStatusCode.Conflict, "period-closed");
    }

    [Fact]
    public async Task A_softly_closed_period_takes_adjustments_of_those_who_may_and_marks_them()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = TestApi.Invoice(customer, 70, Last.LastDay);
        var soft = new { adjustingRoles = new[] { "cfo" } };
        (await app.Client.PostAsync($"/v1/periods/{entity}/{Last}/soft-close", soft))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("soft-closed");
        using var cfo = app.Approver("dora", "cfo");

        (await app.Client.PostAsync("/v1/invoices", invoice)).ShouldBe(HttpStatusCode.Conflict, "period-closed");
        var issued = (await cfo.PostAsync("/v1/invoices", invoice)).ShouldBe(HttpStatusCode.Created);

        (await app.Client.ReadAsync($"/v1/invoices/{issued.Id}/history"))["items"][0].GetProperty("data")
            .GetProperty("entry").GetProperty("adjusting").GetBoolean().ShouldBeTrue();
        (await CloseAsync(entity, Last)).ShouldBe(HttpStatusCode.OK);
        (await cfo.PostAsync("/v1/invoices", invoice)).ShouldBe(HttpStatusCode.Conflict, "period-closed");
        var wrong = new { adjustingRoles = new[] { "A B" } };
        (await app.Client.PostAsync($"/v1/periods/{entity}/{Last}/soft-close", wrong))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-roles");
    }

    [Fact]
    public async Task Who_may_adjust_corrects_and_reschedules_in_a_softly_closed_month()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 100, Current.FirstDay);
        var soft = new { adjustingRoles = new[] { "cfo" } };
        (await app.Client.PostAsync($"/v1/periods/{entity}/{Current}/soft-close", soft)).ShouldBe(HttpStatusCode.OK);
        using var cfo = app.Approver("dora", "cfo");
        object line = new { description = "x", quantity = "1", unitPrice = "90" };

        (await cfo.PostAsync($"/v1/invoices/{invoice.Id}/reschedule", new
        {
            reason = "agreed",
            source = "payment-plan",
            reference = "P-1",
            installments = new[] { new { installment = 1, dueDate = TestApi.Today.AddDays(60) } },
        })).ShouldBe(HttpStatusCode.OK);
        (await cfo.PostAsync($"/v1/invoices/{invoice.Id}/correct", new
        {
            reason = "price",
            invoiceDate = TestApi.Today,
            lines = new[] { line },
        })).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);

        var entries = await app.Client.ReadAsync(
            $"/v1/journal-entries?legalEntity={entity}&period={Current}&limit=100");
        entries.Text.ShouldContain("credit-memo-issued");
    }

    [Fact]
    public async Task What_was_open_before_a_period_was_reopened_stays_open()
    {
        var (soft, hard) = (await app.EntityAsync(), await app.EntityAsync());
        var adjusting = new { adjustingRoles = new[] { "cfo" } };
        (await app.Client.PostAsync($"/v1/periods/{soft}/{Last}/soft-close", adjusting)).ShouldBe(HttpStatusCode.OK);
        (await CloseAsync(hard, Last)).ShouldBe(HttpStatusCode.OK);

        foreach (var entity in new[] { soft, hard })
        {
            var batch = new WriteBatch(new EventMetadata("ana")).Append(
                AccountingCalendarStream.Type, AccountingCalendarStream.Id(entity), 1,
                [new PeriodReopened(entity, $"{Last}")]);
            (await app.Store.CommitAsync(batch)).IsCommitted.ShouldBeTrue();
        }

        using var cfo = app.Approver("dora", "cfo");
        var (inSoft, inHard) = (await app.Client.RegisterAsync(soft), await app.Client.RegisterAsync(hard));
        await app.Client.IssueAsync(inSoft, 5, Last.FirstDay);
        await app.Client.IssueAsync(inHard, 5, Last.FirstDay);
        (await cfo.PostAsync("/v1/invoices", TestApi.Invoice(inSoft, 5, Last.Previous.LastDay)))
            .ShouldBe(HttpStatusCode.Created);
        (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(inHard, 5, Last.Previous.LastDay)))
            .ShouldBe(HttpStatusCode.Conflict, "period-closed");
    }

    [Fact]
    public async Task Who_may_post_into_a_softly_closed_period_is_changed_only_by_those_who_may()
    {
        var entity = await app.EntityAsync();
        using var clerk = app.ClientWith("invoicing:books", entity);
        using var cfo = app.ClientWith("invoicing:books", ["cfo"], entity);
        (await SoftCloseAsync(clerk, Last, "cfo")).ShouldBe(HttpStatusCode.OK);

        (await SoftCloseAsync(clerk, Last, "clerk")).ShouldBe(HttpStatusCode.Forbidden, "not-an-adjuster");
        (await SoftCloseAsync(clerk, Last, "cfo", "clerk")).ShouldBe(HttpStatusCode.Forbidden, "not-an-adjuster");
        (await SoftCloseAsync(clerk, Current, "clerk")).ShouldBe(HttpStatusCode.Forbidden, "not-an-adjuster");
        (await SoftCloseAsync(clerk, Last.Previous, "clerk")).ShouldBe(HttpStatusCode.Conflict, "period-soft-closed");
        (await SoftCloseAsync(app.Client, Last.Previous, "clerk"))
            .ShouldBe(HttpStatusCode.Conflict, "period-soft-closed");

        var current = await app.Client.ReadAsync($"/v1/periods/{entity}/{Last}");
        current["softClosedThrough"].GetString().ShouldBe($"{Last.LastDay:O}");
        current["adjustingRoles"].EnumerateArray().Select(role => role.GetString()).ShouldBe(["cfo"]);
        (await SoftCloseAsync(clerk, Last.Previous, "cfo")).ShouldBe(HttpStatusCode.OK);
        (await SoftCloseAsync(clerk, Current, "cfo")).ShouldBe(HttpStatusCode.OK);
        (await SoftCloseAsync(cfo, Current, "controller")).ShouldBe(HttpStatusCode.OK);
        (await SoftCloseAsync(cfo, Current, "cfo")).ShouldBe(HttpStatusCode.Forbidden, "not-an-adjuster");
        (await SoftCloseAsync(app.Client, Current, "cfo")).ShouldBe(HttpStatusCode.OK)["softClosedThrough"].GetString()
            .ShouldBe($"{Current.LastDay:O}");

        Task<Answer> SoftCloseAsync(HttpClient client, Period period, params string[] adjustingRoles) =>
            client.PostAsync($"/v1/periods/{entity}/{period}/soft-close", new { adjustingRoles });
    }

    [Fact]
    public async Task I10_nothing_slips_into_a_period_while_it_is_being_closed()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        using var second = await app.StartInstanceAsync();
        using var stop = new CancellationTokenSource();
        var writers = new[] { app.Client, second }.SelectMany(client => Enumerable.Range(0, 6).Select(_ => Task.Run(
            async () =>
            {
                var answers = new List<HttpStatusCode>();
                while (!stop.IsCancellationRequested)
                {
                    var invoice = TestApi.Invoice(customer, 1, Last.LastDay);
                    answers.Add((await client.PostAsync("/v1/invoices", invoice)).Status);
                }

                return answers;
            }))).ToList();
        await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/invoices?customerId={customer}&limit=100"),
            list => list["items"].GetArrayLength() > 20, "invoices are being issued");

        (await CloseAsync(entity, Last)).ShouldBe(HttpStatusCode.OK);
        var printed = await PrintedAsync(entity);
        await stop.CancelAsync();
        var answers = (await Task.WhenAll(writers)).SelectMany(all => all).ToList();

        (await PrintedAsync(entity)).ShouldBe(printed);
        answers.Distinct().ShouldBeSubsetOf(
            [HttpStatusCode.Created, HttpStatusCode.Conflict, HttpStatusCode.ServiceUnavailable]);
        var total = (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["totals"];
        decimal.Parse(total.GetProperty("total").GetString()!, CultureInfo.InvariantCulture)
            .ShouldBe(answers.Count(status => status == HttpStatusCode.Created));
    }

    private sealed record Books(
        Guid Customer, Guid Open, Guid Paid, Guid Allocation, Guid WrittenOff, Guid Unwanted, Guid Charge, Guid Waived,
        Guid Memo, Guid OldMemo);

    /// <summary>A bit of everything in the last month, to be changed.</summary>
    private async Task<Books> BooksAsync(string entity)
    {
        var customer = await app.Client.RegisterAsync(entity);
        var invoices = new List<Guid>();
        for (var n = 0; n < 4; n++)
            invoices.Add((await app.Client.IssueAsync(customer, 100, Last.FirstDay.AddDays(n))).Id);
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoices[1], 30));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid in part");
        (await app.Client.PostAsync($"/v1/invoices/{invoices[2]}/write-offs", new { reason = "x", amount = "50" }))
            .ShouldBe(HttpStatusCode.OK);
        var charges = new List<Guid>();
        for (var n = 0; n < 2; n++)
        {
            var charge = TestApi.Invoice(customer, 10, Last.FirstDay);
            charges.Add((await app.Client.PostAsync("/v1/debit-memos", charge)).Id);
        }

        await app.Client.PostAsync($"/v1/invoices/{charges[1]}/waive", new { reason = "x", amount = "4" });
        var memos = new List<Guid>();
        for (var n = 0; n < 2; n++)
            memos.Add((await app.Client.PostAsync("/v1/credit-memos", Credit(customer, Last.FirstDay))).Id);
        return new Books(
            customer, invoices[0], invoices[1], allocation, invoices[2], invoices[3], charges[0], charges[1], memos[0],
            memos[1]);
    }

    /// <summary>Every command that takes a date, with this one or with none.</summary>
    private static IEnumerable<(string Path, object Body)> Dated(Books books, DateOnly? day)
    {
        object line = new { description = "x", quantity = "1", unitPrice = "90" };
        var lines = new[] { line };
        yield return ("/v1/invoices", new { customerId = books.Customer, invoiceDate = day, lines });
        yield return ("/v1/debit-memos", new { customerId = books.Customer, invoiceDate = day, lines });
        yield return ("/v1/credit-memos", Credit(books.Customer, day));
        yield return ($"/v1/invoices/{books.WrittenOff}/write-offs",
            new { reason = "x", amount = "5", postingDate = day });
        yield return ($"/v1/invoices/{books.WrittenOff}/recoveries",
            new { reason = "x", amount = "5", postingDate = day });
        yield return ($"/v1/invoices/{books.Charge}/waive", new { reason = "x", amount = "5", postingDate = day });
        yield return ($"/v1/invoices/{books.Waived}/reinstate", new { reason = "x", amount = "2", postingDate = day });
        if (day is null)
        {
            yield return ($"/v1/credit-memos/{books.Memo}/applications", new { invoiceId = books.Open, amount = "5" });
            yield return ($"/v1/credit-memos/{books.OldMemo}/void", new { reason = "x" });
        }

        yield return ($"/v1/invoices/{books.Paid}/correct", new { reason = "x", invoiceDate = day, lines });
        yield return ($"/v1/invoices/{books.Unwanted}/void", new { reason = "x", postingDate = day });
    }

    private static object Credit(Guid customer, DateOnly? day)
    {
        object line = new { description = "x", quantity = "1", unitPrice = "20" };
        return new { customerId = customer, creditDate = day, reason = "goodwill", lines = new[] { line } };
    }

    /// <summary>What auditors hold of the closed months.</summary>
    private async Task<string> PrintedAsync(string entity)
    {
        var parts = new List<string>();
        foreach (var period in new[] { Last, Last.Previous })
        {
            parts.Add((await app.Client.ReadAsync(
                $"/v1/journal-entries/export?legalEntity={entity}&period={period}", "text/csv")).Text);
            parts.Add((await app.Client.ReadAsync(
                $"/v1/reports/aging?legalEntity={entity}&asOf={period.LastDay:O}", "text/csv")).Text);
        }

        return string.Join('\n', parts);
    }

    private Task<Answer> CloseAsync(string entity, Period period) =>
        app.Client.PostAsync($"/v1/periods/{entity}/{period}/close", new { reason = "month end" });
}
