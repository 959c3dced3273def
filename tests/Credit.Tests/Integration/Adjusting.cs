using System.Net;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.Integration;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Integration;

/// <summary>I-11: credit memos and deposits never let an order be billed twice over.</summary>
public sealed class Adjusting(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task an_invoice_that_is_corrected_bills_its_order_once_in_whatever_order_it_is_told()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var customer = await bed.CustomerAsync(limit: 10_000);
            var (order, old, now, memo) = ($"AJ-{seed}", NewId(), NewId(), NewId());
            await (await bed.CheckAsync(customer, order, 10_000)).ShouldBeAsync(HttpStatusCode.Created);
            await ShuffledAsync(
                seed,
                (Issued(customer, old, 4_000, order), 1), (Memo(memo, customer, "correction", old, 4_000), 1),
                (Changed(customer, old, "credit-applied", 4_000, 0, order), 2),
                (Issued(customer, now, 4_000, order), 1),
                (new CreditMemoChanged(memo, "applied", old, Usd(4_000), Usd(0)), 2));
            await bed.ExposureBecomesAsync(customer, 4_000, 6_000, 0);
            (await (await bed.CheckAsync(customer, $"AK-{seed}", 1)).BodyAsync()).Text("decision").ShouldBe("held");
        }
    }

    [Fact]
    public async Task a_credit_memo_gives_the_order_back_what_it_credits_until_it_is_void_and_a_lower_price_nothing()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        var (invoice, back, cheaper) = (NewId(), NewId(), NewId());
        await (await bed.CheckAsync(customer, "AL-1", 100)).ShouldBeAsync(HttpStatusCode.Created);
        await bed.PublishAsync(Issued(customer, invoice, 100, "AL-1"));
        await bed.ExposureBecomesAsync(customer, 100, 0, 0);
        await bed.PublishAsync(Memo(cheaper, customer, "price", invoice, 10));
        await bed.PublishAsync(Memo(back, customer, "return", invoice, 30));
        await bed.ExposureBecomesAsync(customer, 100, 30, 0);
        await bed.PublishAsync(new CreditMemoChanged(back, "voided", null, Usd(30), Usd(0)), version: 2);
        await bed.ExposureBecomesAsync(customer, 100, 0, 0);
    }

    [Fact]
    public async Task what_a_deposit_billed_is_billed_by_the_invoice_that_is_netted_with_it()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var customer = await bed.CustomerAsync(limit: 10_000);
            var (order, deposit, invoice) = ($"AM-{seed}", NewId(), NewId());
            await (await bed.CheckAsync(customer, order, 10_000)).ShouldBeAsync(HttpStatusCode.Created);
            var issued = Issued(customer, deposit, 3_000, order);
            await ShuffledAsync(
                seed,
                (issued with { Items = [issued.Items[0] with { Kind = "deposit" }] }, 1),
                (Paid(customer, deposit, 3_000, 0, order), 2),
                (new DepositChanged(deposit, "used", invoice, Usd(3_000), Usd(0)), 3),
                (Issued(customer, invoice, 5_000, order), 1),
                (Changed(customer, invoice, "deposit-applied", 5_000, 2_000, order), 2));
            await bed.ExposureBecomesAsync(customer, 2_000, 5_000, 0);
        }
    }

    /// <summary>Each has read what there was before the other one has written.</summary>
    [Fact]
    public async Task whose_it_is_and_what_became_of_it_are_told_at_once_and_neither_is_lost()
    {
        var sources = new BillingSources(bed.App.Store);
        var (id, customer, invoice) = (NewId(), NewId(), NewId());
        (await bed.App.Store.CommitAsync(await KeepAsync(null, null, 40, 5), default)).IsCommitted.ShouldBeTrue();

        var whose = await KeepAsync(customer, invoice, 100, 1);
        var later = await KeepAsync(null, null, 20, 6);
        (await bed.App.Store.CommitAsync(whose, default)).IsCommitted.ShouldBeTrue();
        (await bed.App.Store.CommitAsync(later, default)).Status.ShouldBe(CommitStatus.VersionConflict);

        async Task<WriteBatch> KeepAsync(Guid? of, Guid? bills, decimal amount, long version)
        {
            var batch = new WriteBatch(new EventMetadata("tester"));
            await sources.KeepAsync(batch, new BillingSource(id, of, bills, amount, "USD", version), default);
            return batch;
        }
    }

    /// <summary>All of them twice, in an order of their own.</summary>
    private async Task ShuffledAsync(int seed, params (object Contract, long Version)[] messages)
    {
        var deliveries = messages.Select(one => (one.Contract, one.Version, Id: NewId()))
            .SelectMany(one => Enumerable.Repeat(one, 2)).ToArray();
        new Random(seed).Shuffle(deliveries);
        foreach (var (contract, version, id) in deliveries)
            await bed.PublishAsync(contract, version, id);
    }

    private static CreditMemoIssued Memo(Guid memo, Guid customer, string reason, Guid invoice, decimal total) => new(
        memo, "CM-1", "US01", customer, Some.Today, reason, invoice, Usd(total), Usd(0), Usd(total));

    private static OpenItemsChanged Changed(
        Guid customer, Guid invoice, string kind, decimal amount, decimal balance, string order) => new(
        invoice, kind, Usd(amount - balance), Some.Today, "", NewId(),
        [Issued(customer, invoice, amount, order).Items[0] with { Balance = Usd(balance) }]);

    private static MoneyAmount Usd(decimal amount) => new(amount, "USD");
}
