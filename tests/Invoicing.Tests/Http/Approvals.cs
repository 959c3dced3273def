using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderToCash.Approvals;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class Approvals(InvoicingApp app)
{
    [Fact]
    public async Task A_write_off_above_the_free_band_waits_until_another_person_approves()
    {
        var (entity, customer) = await GuardedAsync();
        var invoice = await app.Client.IssueAsync(customer, 1_000);
        var path = $"/v1/invoices/{invoice.Id}/write-offs";
        (await app.Client.PostAsync(path, new { reason = "small", amount = "50" })).ShouldBe(HttpStatusCode.OK);

        var waiting = (await app.Client.PostAsync(path, new { reason = "insolvent", amount = "400" }))
            .ShouldBe(HttpStatusCode.Accepted);

        waiting.Headers.Location!.ToString().ShouldBe($"/v1/approvals/{waiting.Id}");
        (await app.Client.ReadAsync($"/v1/approvals?status=waiting&legalEntity={entity}"))["items"].EnumerateArray()
            .ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(waiting.Id);
        (await BalanceAsync(invoice.Id)).ShouldBe("950.00");
        var approve = $"/v1/approvals/{waiting.Id}/approve";
        using var requester = app.Approver("ana", "ar-manager");
        using var clerk = app.Approver("cid", "clerk");
        using var manager = app.Approver("mia", "ar-manager");
        (await requester.PostAsync(approve, new { reason = "mine" })).ShouldBe(HttpStatusCode.Forbidden, "own-request");
        (await clerk.PostAsync(approve, new { reason = "ok" })).ShouldBe(HttpStatusCode.Forbidden, "above-authority");
        (await app.Client.PostAsync(approve, new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.Forbidden, "scope-missing");
        (await manager.PostAsync(approve, new { reason = "agreed" })).ShouldBe(HttpStatusCode.OK)["status"].GetString()
            .ShouldBe("granted");

        (await BalanceAsync(invoice.Id)).ShouldBe("550.00");
        (await manager.PostAsync(approve, new { reason = "again" }))
            .ShouldBe(HttpStatusCode.Conflict, "approval-decided");
        var history = (await app.Client.ReadAsync($"/v1/approvals/{waiting.Id}/history"))["items"].EnumerateArray();
        history.Select(item => (item.GetProperty("type").GetString(), item.GetProperty("by").GetString())).ShouldBe(
            [("approval-requested", "ana"), ("approval-given", "mia"), ("approval-granted", "mia")]);
    }

    [Fact]
    public async Task I19_what_becomes_open_while_a_write_off_waits_is_not_given_up_with_it()
    {
        var (_, customer) = await GuardedAsync();
        var invoice = await app.Client.IssueAsync(customer, 10_000);
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 9_600));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
        var waiting = (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/write-offs", new { reason = "the rest" }))
            .ShouldBe(HttpStatusCode.Accepted);
        await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, invoice.Id, 9_600));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentReversed>(allocation).Count == 1, "it bounces");
        using var manager = app.Approver("mia", "ar-manager");

        (await manager.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.OK);

        waiting["amount"].GetProperty("amount").GetString().ShouldBe("400.00");
        (await BalanceAsync(invoice.Id)).ShouldBe("9600.00");
    }

    /// <summary>D-64: whoever may give 100 may give no more by any way on which a customer comes to owe less.</summary>
    [Fact]
    public async Task D64_the_same_bands_hold_on_every_way_to_lower_a_bill()
    {
        var (entity, customer) = await GuardedAsync("credit-memo", "write-off", "waiver");
        var (invoice, charge) = (await app.Client.IssueAsync(customer, 364),
            await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 364)));
        object line = new { description = "x", quantity = "1", unitPrice = "364" };
        object less = new { description = "x", quantity = "1", unitPrice = "100" };
        (string Path, object Body)[] ways =
        [
            ("/v1/credit-memos", new { customerId = customer, reason = "price", lines = new[] { line } }),
            ($"/v1/invoices/{invoice.Id}/write-offs", new { reason = "x" }),
            ($"/v1/invoices/{invoice.Id}/void", new { reason = "x" }),
            ($"/v1/invoices/{invoice.Id}/correct", new { reason = "x", lines = new[] { less } }),
            ($"/v1/invoices/{charge.Id}/waive", new { reason = "x" }),
            ($"/v1/invoices/{charge.Id}/write-offs", new { reason = "x" }),
            ($"/v1/invoices/{charge.Id}/void", new { reason = "x" }),
        ];

        foreach (var (path, body) in ways)
            (await app.Client.PostAsync(path, body)).ShouldBe(HttpStatusCode.Accepted);

        (await BalanceAsync(invoice.Id), await BalanceAsync(charge.Id)).ShouldBe(("364.00", "364.00"));
        (await app.Client.ReadAsync($"/v1/approvals?status=waiting&legalEntity={entity}"))["items"].GetArrayLength()
            .ShouldBe(ways.Length);
        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            reason = "price",
            invoiceId = invoice.Id,
            lines = Array.Empty<object>(),
            cancellation = new { reason = "x" },
        })).ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");
    }

    [Fact]
    public async Task A_void_and_a_correction_are_carried_out_once_those_approve_who_must()
    {
        var (_, customer) = await GuardedAsync("credit-memo", "waiver");
        var (wrong, dear) = (await app.Client.IssueAsync(customer, 364), await app.Client.IssueAsync(customer, 1_000));
        var charge = await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 200));
        object line = new { description = "Widget", quantity = "1", unitPrice = "700" };
        using var manager = app.Approver("mia", "ar-manager");
        (string Path, object Body)[] asked =
        [
            ($"/v1/invoices/{wrong.Id}/void", new { reason = "not delivered" }),
            ($"/v1/invoices/{dear.Id}/correct", new { reason = "price", lines = new[] { line } }),
            ($"/v1/invoices/{charge.Id}/void", new { reason = "goodwill" }),
        ];

        foreach (var (path, body) in asked)
        {
            var waiting = (await app.Client.PostAsync(path, body)).ShouldBe(HttpStatusCode.Accepted);
            (await manager.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "ok" }))
                .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("granted");
        }

        foreach (var gone in new[] { wrong.Id, charge.Id })
            (await app.Client.ReadAsync($"/v1/invoices/{gone}"))["status"].GetString().ShouldBe("void");
        var corrected = await app.Client.ReadAsync($"/v1/invoices/{dear.Id}");
        corrected["status"].GetString().ShouldBe("paid");
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&status=open"))["items"].EnumerateArray()
            .ShouldHaveSingleItem().GetProperty("balance").GetProperty("amount").GetString().ShouldBe("700.00");
    }

    [Fact]
    public async Task I19_terms_and_due_dates_are_not_moved_past_those_who_approve_that()
    {
        var entity = await app.EntityAsync();
        var rules = new[] { "terms", "payment-plan" }.Select(kind =>
            new { kind, upTo = (string?)null, approvals = 1, role = "controller", alone = "cfo" });
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 100);
        using var cfo = app.Approver("cfo", "cfo");
        var reschedule = $"/v1/invoices/{invoice.Id}/reschedule";

        foreach (var source in new[] { "payment-plan", "terms-change" })
        {
            (await app.Client.PostAsync(reschedule, Schedule(source, 90)))
                .ShouldBe(HttpStatusCode.Conflict, "approval-required");
            (await cfo.PostAsync(reschedule, Schedule(source, source.Length * 5))).ShouldBe(HttpStatusCode.OK);
        }

        var path = $"/v1/customers/{customer}";
        (await app.Client.PutAsync(path, Terms("NET 90", "contract")))
            .ShouldBe(HttpStatusCode.Conflict, "approval-required");
        (await app.Client.PutAsync(path, Terms("NET 30", "approved-request")))
            .ShouldBe(HttpStatusCode.Conflict, "approval-required");
        (await app.Client.PutAsync(path, Terms("NET 30", "standard"))).ShouldBe(HttpStatusCode.OK);
        (await cfo.PutAsync(path, Terms("NET 90", "approved-request"))).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PutAsync(path, Terms("NET 90", "approved-request"))).ShouldBe(HttpStatusCode.OK);
        var merge = $"/v1/customers/{await app.Client.RegisterAsync(entity)}/merge";
        var one = new { survivorId = customer, reason = "one" };
        (await app.Client.PostAsync(merge, one)).ShouldBe(HttpStatusCode.Conflict, "approval-required");
        (await cfo.PostAsync(merge, one)).ShouldBe(HttpStatusCode.OK);

        static object Terms(string terms, string termsOrigin) =>
            new { name = "Globex", country = "US", terms, termsOrigin };

        static object Schedule(string source, int days) => new
        {
            reason = "x",
            source,
            reference = "PLAN-9",
            installments = new[] { new { installment = 1, dueDate = TestApi.Today.AddDays(days) } },
        };
    }

    [Fact]
    public async Task I19_what_a_new_due_date_is_called_does_not_choose_who_approves_it()
    {
        foreach (var (kind, source) in new[] { ("terms", "payment-plan"), ("payment-plan", "terms-change") })
        {
            var (_, customer) = await GuardedAsync(kind);
            var invoice = await app.Client.IssueAsync(customer, 1_000);
            var installments = new[] { new { installment = 1, dueDate = TestApi.Today.AddDays(90) } };
            var wish = new { reason = "x", source, reference = "PLAN-9", installments };

            (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/reschedule", wish))
                .ShouldBe(HttpStatusCode.Conflict, "approval-required");
        }
    }

    [Fact]
    public async Task I19_a_correction_is_not_due_later_past_those_who_approve_terms()
    {
        var (_, customer) = await GuardedAsync("terms");
        var day = TestApi.Today.AddDays(-40);
        var (one, two) = (await app.Client.IssueAsync(customer, 1_000, day),
            await app.Client.IssueAsync(customer, 1_000, day));
        object[] lines = [new { description = "Widget", quantity = "1", unitPrice = "1000" }];
        object[] later =
        [
            new { reason = "x", lines },
            new { reason = "x", lines, invoiceDate = day.AddDays(1) },
            new { reason = "x", lines, invoiceDate = day, terms = "NET 60" },
            new { reason = "x", lines, invoiceDate = day, terms = "SPLIT 50%@0 50%@31" },
        ];
        var path = $"/v1/invoices/{one.Id}/correct";

        foreach (var wish in later)
            (await app.Client.PostAsync(path, wish)).ShouldBe(HttpStatusCode.Conflict, "approval-required");

        (await BalanceAsync(one.Id)).ShouldBe("1000.00");
        (await app.Client.PostAsync(path, new { reason = "x", lines, invoiceDate = day, terms = "SPLIT 1/30" }))
            .ShouldBe(HttpStatusCode.Created);
        using var cfo = app.Approver("cfo", "cfo");
        (await cfo.PostAsync($"/v1/invoices/{two.Id}/correct", later[0])).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task I19_a_credit_needs_as_many_as_its_band_asks_for()
    {
        var (_, customer) = await GuardedAsync();
        var invoice = await app.Client.IssueAsync(customer, 9_000);
        object line = new { description = "x", quantity = "1", unitPrice = "8000" };
        var memo = new { customerId = customer, invoiceId = invoice.Id, reason = "price", lines = new[] { line } };

        var waiting = (await app.Client.PostAsync("/v1/credit-memos", memo)).ShouldBe(HttpStatusCode.Accepted);
        using var one = app.Approver("con", "controller");
        using var two = app.Approver("cfo", "controller");
        var approve = $"/v1/approvals/{waiting.Id}/approve";
        (await one.PostAsync(approve, new { reason = "ok" })).ShouldBe(HttpStatusCode.OK)["status"].GetString()
            .ShouldBe("waiting");
        (await one.PostAsync(approve, new { reason = "ok" })).ShouldBe(HttpStatusCode.Conflict, "approved-already");
        (await BalanceAsync(invoice.Id)).ShouldBe("9000.00");
        (await two.PostAsync(approve, new { reason = "ok" })).ShouldBe(HttpStatusCode.OK);

        (await BalanceAsync(invoice.Id)).ShouldBe("1000.00");
        (await app.Client.ReadAsync($"/v1/credit-memos?invoiceId={invoice.Id}"))["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_is_no_longer_possible_is_not_approved_and_can_be_rejected()
    {
        var (entity, customer) = await GuardedAsync();
        var invoice = await app.Client.IssueAsync(customer, 200);
        var path = $"/v1/invoices/{invoice.Id}/write-offs";
        var waiting = (await app.Client.PostAsync(path, new { reason = "insolvent" }))
            .ShouldBe(HttpStatusCode.Accepted);
        using var cfo = app.Approver("cfo", "cfo");
        (await cfo.PostAsync($"/v1/invoices/{invoice.Id}/void", new { reason = "duplicate" }))
            .ShouldBe(HttpStatusCode.OK);
        using var manager = app.Approver("mia", "ar-manager");

        (await manager.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.Conflict, "invoice-void");
        (await manager.PostAsync($"/v1/approvals/{waiting.Id}/reject", new { reason = "void" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("rejected");
        (await app.Client.ReadAsync($"/v1/approvals?legalEntity={entity}&status=rejected"))["items"].GetArrayLength()
            .ShouldBe(1);
        foreach (var status in new[] { "maybe", "waiting,granted", "1", "" })
        {
            (await app.Client.ReadAsync($"/v1/approvals?status={status}"))
                .ShouldBe(HttpStatusCode.BadRequest, "bad-status");
        }

        (await manager.PostAsync($"/v1/approvals/{Some.NewId()}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Who_asked_may_take_it_back_and_others_see_what_waits_for_them()
    {
        var (entity, customer) = await GuardedAsync();
        var invoice = await app.Client.IssueAsync(customer, 1_000);
        var path = $"/v1/invoices/{invoice.Id}/write-offs";
        var waiting = (await app.Client.PostAsync(path, new { reason = "insolvent" }))
            .ShouldBe(HttpStatusCode.Accepted);
        using var requester = app.Approver("ana", "ar-manager");
        using var manager = app.Approver("mia", "ar-manager");
        var inbox = $"/v1/approvals?forMe=true&legalEntity={entity}";
        (await requester.ReadAsync(inbox))["items"].GetArrayLength().ShouldBe(0);
        (await manager.ReadAsync(inbox))["items"].GetArrayLength().ShouldBe(1);
        var withdraw = $"/v1/approvals/{waiting.Id}/withdraw";
        (await manager.PostAsync(withdraw, new { reason = "x" }))
            .ShouldBe(HttpStatusCode.Forbidden, "not-your-request");
        (await requester.PostAsync(withdraw, new { reason = "" }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "reason-required");

        (await requester.PostAsync(withdraw, new { reason = "paid after all" })).ShouldBe(HttpStatusCode.OK)["status"]
            .GetString().ShouldBe("withdrawn");

        (await manager.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.Conflict, "approval-decided");
        (await BalanceAsync(invoice.Id)).ShouldBe("1000.00");
    }

    [Fact]
    public async Task A_request_of_no_person_waits_too_and_ends_when_its_time_is_over()
    {
        var (entity, customer) = await GuardedAsync();
        var invoice = await app.Client.IssueAsync(customer, 1_000);
        var gate = app.Services.GetRequiredService<ApprovalGate>();
        var wish = new ApprovalWish<GiveUp.Wish>(
            ApprovalKinds.WriteOff, entity, Some.Usd(100), "Write-off", new(invoice.Id, new("recommended", 1, 100)),
            "recommended", TimeProvider.System.GetUtcNow().AddMinutes(-1));
        var batch = new WriteBatch(new EventMetadata("invoicing"));
        (await gate.RequestAsync(batch, wish, "ana", CancellationToken.None)).ShouldBeNull();
        batch.IsEmpty.ShouldBeTrue();
        var id = await gate.RequestAsync(batch, wish with { Amount = Some.Usd(101) }, "ana", CancellationToken.None);
        (await app.Store.CommitAsync(batch)).IsCommitted.ShouldBeTrue();
        using var manager = app.Approver("mia", "ar-manager");
        (await manager.PostAsync($"/v1/approvals/{id}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.Conflict, "approval-expired");

        await app.Services.GetServices<IHostedService>().OfType<ApprovalDeadlines>().Single().MeetAsync();

        (await app.Client.ReadAsync($"/v1/approvals/{id}"))["status"].GetString().ShouldBe("expired");
        (await app.Client.ReadAsync($"/v1/approvals?legalEntity={entity}&status=expired"))["items"].GetArrayLength()
            .ShouldBe(1);
        (await BalanceAsync(invoice.Id)).ShouldBe("1000.00");
    }

    [Fact]
    public async Task I19_a_waiver_waits_and_service_is_not_suspended_past_those_who_approve_that()
    {
        var entity = await app.EntityAsync();
        var rules = new[] { "waiver", "suspension" }.SelectMany(kind => new object[]
        {
            new { kind, upTo = "100", approvals = 0 },
            new { kind, upTo = (string?)null, approvals = 1, role = "controller", alone = "cfo" },
        });
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        var customer = await app.Client.RegisterAsync(entity);
        var charge = (await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 500))).Id;
        var path = $"/v1/invoices/{charge}/waive";
        using var controller = app.Approver("con", "controller");
        using var cfo = app.Approver("cfo", "cfo");

        (await app.Client.PostAsync(path, new { reason = "small", amount = "100" })).ShouldBe(HttpStatusCode.OK);
        var waiting = (await app.Client.PostAsync(path, new { reason = "goodwill" }))
            .ShouldBe(HttpStatusCode.Accepted);
        (await BalanceAsync(charge)).ShouldBe("400.00");
        (await controller.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.OK);
        (await BalanceAsync(charge)).ShouldBe("0.00");

        var suspend = $"/v1/customers/{customer}/suspend";
        (await controller.PostAsync(suspend, new { reason = "late" }))
            .ShouldBe(HttpStatusCode.Conflict, "approval-required");
        (await cfo.PostAsync(suspend, new { reason = "late" })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"/v1/customers/{customer}/terminate", new { reason = "no band" }))
            .ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task I19_who_asks_for_approvals_cannot_change_who_gives_them()
    {
        var (entity, customer) = await GuardedAsync();
        var invoice = await app.Client.IssueAsync(customer, 1_000);
        var path = $"/v1/legal-entities/{entity}/approval-matrix";
        using var clerk = app.ClientWith("invoicing:read invoicing:write", entity);

        (await clerk.PutAsync(path, new { rules = Array.Empty<object>() }))
            .ShouldBe(HttpStatusCode.Forbidden, "scope-missing");

        (await clerk.ReadAsync(path))["rules"].GetArrayLength().ShouldBe(6);
        (await clerk.PostAsync($"/v1/invoices/{invoice.Id}/write-offs", new { reason = "insolvent" }))
            .ShouldBe(HttpStatusCode.Accepted);
    }

    private async Task<string?> BalanceAsync(Guid invoice) =>
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["balance"].GetProperty("amount").GetString();

    private Task<(string Entity, Guid Customer)> GuardedAsync() => GuardedAsync("credit-memo", "write-off");

    private async Task<(string Entity, Guid Customer)> GuardedAsync(params string[] kinds)
    {
        var entity = await app.EntityAsync();
        var rules = kinds.SelectMany(kind => new object[]
        {
            new { kind, upTo = "100", approvals = 0 }, new { kind, upTo = "5000", approvals = 1, role = "ar-manager" },
            new { kind, upTo = (string?)null, approvals = 2, role = "controller", alone = "cfo" },
        });
        var defined = (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.ReadAsync($"/v1/legal-entities/{entity}/approval-matrix")).Text.ShouldBe(defined.Text);
        return (entity, await app.Client.RegisterAsync(entity));
    }
}
