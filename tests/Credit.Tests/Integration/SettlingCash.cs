using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Integration;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Integration;

/// <summary>CRD-08: money that may still bounce makes no room yet.</summary>
public sealed class SettlingCash(CreditBed bed) : IClassFixture<CreditBed>
{
    private static readonly DateOnly Today = TimeProvider.System.Today("America/Chicago");

    /// <summary>Messages about a receipt may overtake the one that says when and how it came.</summary>
    [Fact]
    public async Task until_when_a_check_may_bounce_is_known_in_whichever_order_it_is_told()
    {
        await SettlingAsync("SC01");
        foreach (var isLate in new[] { false, true })
        {
            var (customer, receipt) = (await bed.CustomerAsync(limit: 100, entity: "SC01"), NewId());
            var came = ByCheck(receipt, null, 100, "SC01");
            var identified = new ReceiptIdentified(receipt, "SC01", customer, Balance(customer, 60));
            await bed.PublishAsync(isLate ? identified : came, version: isLate ? 2 : 1);
            await bed.PublishAsync(new ReceiptBalanceChanged(
                receipt, "SC01", "put-on-account", new MoneyAmount(60, "USD"), Balance(customer, 60)), version: 3);
            await bed.ExposureBecomesAsync(customer, 0, 0, 60);
            var (_, issued) = await OwingAsync(customer, 100);
            var paid = Pays(receipt, issued, 40);
            if (isLate)
                await PaidAsync(customer, paid, 60);
            await bed.PublishAsync(isLate ? came : identified, version: isLate ? 1 : 2);
            if (!isLate)
                await bed.PublishAsync(paid, version: 2);

            await Eventually.BecomesTrue(
                async () => (await bed.AccountAsync(customer)).TryGetProperty("unsettled", out var money)
                    && money.Text("amount") == "100.00",
                $"60 are free, 40 have paid something, and all may bounce (late: {isLate})");
            var account = await bed.AccountAsync(customer);
            (account.Amount("counted"), account.Text("lastPayment")).ShouldBe((100m, $"{Today:yyyy-MM-dd}"));
        }
    }

    /// <summary>
    /// When a receipt came, and that it has paid before that was known, are read before either is written: whoever
    /// comes second begins again.
    /// </summary>
    [Fact]
    public async Task a_receipt_and_what_it_pays_told_at_once_do_not_lose_each_other()
    {
        var (early, told, later) = (NewId(), NewId(), NewId());
        var (customer, came, known) = (NewId(), new Booking(Today, Today.AddDays(5)), new KnownReceipt());

        (await IsWrittenAsync(KnownReceipts.PayEarly(early))).ShouldBeTrue();
        (await IsWrittenAsync(KnownReceipts.Move(early, Balance(customer, 60), 1, known, came))).ShouldBeFalse();

        (await IsWrittenAsync(KnownReceipts.Move(told, Balance(customer, 60), 1, known, came))).ShouldBeTrue();
        (await IsWrittenAsync(KnownReceipts.PayEarly(told))).ShouldBeFalse();

        // The receipt is known by its balance; when it came is told last.
        (await IsWrittenAsync(KnownReceipts.Move(later, Balance(customer, 60), 2, known, null))).ShouldBeTrue();
        var seen = known with { Customers = [customer], Version = 2 };
        (await IsWrittenAsync(KnownReceipts.PayEarly(later))).ShouldBeTrue();
        (await IsWrittenAsync(KnownReceipts.Book(later, came, seen))).ShouldBeFalse();
        (await IsWrittenAsync(KnownReceipts.Book(later, came, seen with { Payments = 1 }))).ShouldBeTrue();
        (await IsWrittenAsync(KnownReceipts.Book(later, came, seen with { Payments = 1 }))).ShouldBeFalse();
    }

    /// <summary>
    /// The queues of both services are read beside each other. A check pays the item of a subsidiary and bounces: at no
    /// moment has the subsidiary room, and what its item was paid with is a payment of its own until then.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_check_that_pays_for_another_and_bounces_makes_room_at_no_moment(bool isReceiptFirst)
    {
        var entity = isReceiptFirst ? "SC03" : "SC04";
        await SettlingAsync(entity);
        var (parent, child) = (
            await bed.CustomerAsync(limit: 100, entity: entity), await bed.CustomerAsync(limit: 100, entity: entity));
        var receipt = NewId();
        var (invoice, issued) = await OwingAsync(child, 100);
        await bed.PublishAsync(ByCheck(receipt, parent, 100, entity));
        var paid = Pays(receipt, issued, 100);
        await PaidAsync(child, paid, 0);
        await Eventually.BecomesTrue(
            async () => (await bed.AccountAsync(child)).GetProperty("unsettled") is { ValueKind: JsonValueKind.Object },
            "it is a payment, and both queues know of it");
        (await bed.AccountAsync(child)).Text("lastPayment").ShouldBe($"{Today:yyyy-MM-dd}");
        var handled = await bed.HandledCountAsync();
        await bed.PublishAsync(new AllocationConfirmed(
            receipt, paid.AllocationId, invoice, 1, paid.Amount, Balance(parent, 0)), version: 3);
        await bed.HandledAsync(handled + 1);
        await (await bed.CheckAsync(child, $"{entity}-1", 60)).ShouldBeAsync(HttpStatusCode.Created);

        var back = new PaymentReversed(invoice, paid.AllocationId, receipt, paid.Amount, Today, issued.Items[0]);
        var gone = new AllocationReversed(receipt, paid.AllocationId, invoice, 1, paid.Amount, Balance(parent, 0) with
        {
            Applied = new MoneyAmount(0, "USD"),
            Reversed = new MoneyAmount(100, "USD"),
        });
        await bed.PublishAsync(isReceiptFirst ? gone : back, version: isReceiptFirst ? 4 : 3);
        await bed.HandledAsync(handled + 2);
        (await bed.AccountAsync(child)).Amount("counted").ShouldBe(100);
        await bed.PublishAsync(isReceiptFirst ? back : gone, version: isReceiptFirst ? 3 : 4);
        await bed.HandledAsync(handled + 3);
        await bed.ExposureBecomesAsync(child, 100, 0, 0);
        await bed.ReactedAsync();

        var account = await bed.AccountAsync(child);
        (account.Amount("counted"), account.Text("lastPayment"), account.GetProperty("unsettled").ValueKind)
            .ShouldBe((100m, null, JsonValueKind.Null));
        (await bed.OrderBecomesAsync($"{entity}-1", "held")).Codes("reasons").ShouldContain("over-limit");
    }

    /// <summary>What was taken back before it was heard that it was paid stays taken back.</summary>
    [Fact]
    public async Task a_payment_that_is_heard_of_after_it_was_taken_back_counts_nothing()
    {
        await SettlingAsync("SC05");
        var customer = await bed.CustomerAsync(limit: 100, entity: "SC05");
        var receipt = NewId();
        var (invoice, issued) = await OwingAsync(customer, 100);
        var paid = Pays(receipt, issued, 100);
        var handled = await bed.HandledCountAsync();
        await bed.PublishAsync(ByCheck(receipt, customer, 0, "SC05"));
        await bed.PublishAsync(
            new PaymentReversed(invoice, paid.AllocationId, receipt, paid.Amount, Today, issued.Items[0]), version: 3);
        await bed.HandledAsync(handled + 2);
        await bed.PublishAsync(paid, version: 2);
        await bed.HandledAsync(handled + 3);

        (await bed.AccountAsync(customer)).Amount("counted").ShouldBe(100);
    }

    /// <summary>What a member of a group has paid so counts for the others, too, until its days are over.</summary>
    [Fact]
    public async Task an_order_waits_until_the_check_of_another_member_of_the_group_is_settled()
    {
        const string entity = "SC02";
        await SettlingAsync(entity);
        var head = await bed.CustomerAsync(limit: 1_000, entity: entity);
        var child = await bed.CustomerAsync(limit: 1_000, entity: entity, parent: head);
        await (await bed.Client.PutAsJsonAsync($"/v1/credit/groups/{head}/limit", new
        {
            limit = new { amount = "150", currency = "USD" },
            reason = "one roof",
        })).ShouldBeAsync(HttpStatusCode.OK);
        var (receipt, (_, issued)) = (NewId(), await OwingAsync(head, 100));
        await bed.PublishAsync(ByCheck(receipt, head, 0, entity));
        await PaidAsync(head, Pays(receipt, issued, 100), 0);
        await Eventually.BecomesTrue(
            async () => (await bed.AccountAsync(head)).Amount("counted") == 100, "what it has paid may bounce");

        (await (await bed.CheckAsync(child, "SC-1", 60)).BodyAsync()).Codes("reasons").ShouldBe(["over-group-limit"]);
        bed.App.Clock.Advance(TimeSpan.FromDays(4));
        try
        {
            await (await bed.Client.PostAsJsonAsync("/v1/credit/daily-runs", new { legalEntity = entity }))
                .ShouldBeAsync(HttpStatusCode.OK);
            (await bed.OrderBecomesAsync("SC-1", "approved")).Amount("reserved").ShouldBe(60);
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-4));
        }
    }

    /// <summary>I-11: a customer makes no room by a merge; the account, the list and a group say the same.</summary>
    [Fact]
    public async Task what_a_duplicate_has_paid_with_a_check_counts_with_its_survivor()
    {
        const string entity = "SC06";
        await SettlingAsync(entity);
        var (survivor, duplicate) = (
            await bed.CustomerAsync(limit: 500, entity: entity), await bed.CustomerAsync(limit: 100, entity: entity));
        await (await bed.Client.PutAsJsonAsync($"/v1/credit/groups/{survivor}/limit", new
        {
            limit = new { amount = "500", currency = "USD" },
            reason = "one roof",
        })).ShouldBeAsync(HttpStatusCode.OK);
        var receipt = NewId();
        var (_, issued) = await OwingAsync(duplicate, 100);
        await bed.PublishAsync(ByCheck(receipt, duplicate, 30, entity));
        await bed.ExposureBecomesAsync(duplicate, 100, 0, 30);
        await PaidAsync(duplicate, Pays(receipt, issued, 70), 30);
        var now = Registered(duplicate, entity);

        await bed.PublishAsync(
            new CustomerChanged(
                duplicate, now.Number, entity, now.Name, null, now.Currency, now.Country, now.Language, null,
                now.Terms, null, [], "merged", survivor, false),
            version: 2);

        await Eventually.Becomes(
            () => bed.AccountAsync(survivor), account => account.Amount("counted") == 100, "it counts there");
        var list = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/accounts?legalEntity={entity}");
        list.GetProperty("items").EnumerateArray().Single(item => item.Text("customerId") == $"{survivor}")
            .Amount("exposure").ShouldBe(100);
        (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/groups/{survivor}")).Amount("exposure")
            .ShouldBe(100);
    }

    private async Task<(Guid Invoice, InvoiceIssued Issued)> OwingAsync(Guid customer, decimal amount)
    {
        var invoice = NewId();
        var issued = Issued(customer, invoice, amount);
        await bed.PublishAsync(issued);
        await Eventually.BecomesTrue(
            async () => (await bed.AccountAsync(customer)).GetProperty("exposure").Amount("openReceivables") == amount,
            "it owes");
        return (invoice, issued);
    }

    private async Task PaidAsync(Guid customer, PaymentApplied paid, decimal rest)
    {
        await bed.PublishAsync(paid, version: 2);
        await Eventually.BecomesTrue(
            async () => (await bed.AccountAsync(customer)).GetProperty("exposure").Amount("openReceivables") == rest,
            "it is paid");
    }

    private static PaymentApplied Pays(Guid receipt, InvoiceIssued issued, decimal amount)
    {
        var (item, money) = (issued.Items[0], new MoneyAmount(amount, "USD"));
        return new PaymentApplied(
            issued.InvoiceId, NewId(), receipt, money, Today, Today,
            item with { Balance = new MoneyAmount(item.Balance.Amount - amount, "USD") });
    }

    private async Task SettlingAsync(string entity)
    {
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Exposure = policy.Exposure with { SettlementDays = new Dictionary<string, int> { ["check"] = 3 } },
        });
    }

    private static ReceiptRecorded ByCheck(Guid receipt, Guid? customer, decimal unapplied, string entity) =>
        Receipt(receipt, customer, unapplied) with
        {
            LegalEntity = entity,
            Method = "check",
            ValueDate = Today,
        };

    private async Task<bool> IsWrittenAsync(Npgsql.NpgsqlBatchCommand row)
    {
        var batch = new WriteBatch(new EventMetadata("tester"));
        batch.Guard(row);
        return (await bed.App.Store.CommitAsync(batch, default)).IsCommitted;
    }
}
