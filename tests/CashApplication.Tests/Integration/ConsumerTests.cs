using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.CashApplication.Tests.Integration;

public sealed class Replicas(CashApp app) : IClassFixture<CashApp>
{
    [Fact]
    public async Task keep_the_newest_whatever_the_order()
    {
        var item = Invoicing.Item("INV-US01-2026-000009", 90m, Invoicing.Globex);
        var paid = item with { Balance = new MoneyAmount(40m, "USD") };

        // The void comes before the invoice, and the invoice twice: once late, once again.
        var other = Invoicing.Item("INV-US01-2026-000010", 30m, Invoicing.Globex);
        await app.Invoicing.PublishAsync(new InvoiceVoided(other.InvoiceId, "wrong", new DateOnly(2026, 11, 2),
            [other with { Balance = new MoneyAmount(0m, "USD") }]), 2);
        await app.Invoicing.KnowsAsync(other.InvoiceId, 0m);
        var messageId = Ids.Next(TimeProvider.System);
        await app.Invoicing.PublishAsync(Invoicing.Issued(other), 1, messageId);
        await app.Invoicing.PublishAsync(Invoicing.Issued(other), 1, messageId);
        await app.Invoicing.PublishAsync(Invoicing.Issued(paid), 2);
        await app.Invoicing.KnowsAsync(paid.InvoiceId, 40m);
        await app.Invoicing.PublishAsync(Invoicing.Issued(item), 1);
        await Eventually.BecomesTrue(
            async () =>
                await app.ScalarAsync<long>("select count(*) from otc_inbox") == 4, "all four messages are handled");
        await app.Invoicing.KnowsAsync(other.InvoiceId, 0m);
        await app.Invoicing.KnowsAsync(paid.InvoiceId, 40m);

        await app.Invoicing.PublishAsync(new LegalEntityDefined(
            "US01", "New name", "USD", "US", "America/New_York", new CashAccounts("2401", "2410", "1090")), 5);
        await Eventually.BecomesTrue(
            async () =>
                await app.ScalarAsync<long>("select count(*) from legal_entities where version = 5") == 1,
            "it is known");
        await app.Invoicing.PublishAsync(new LegalEntityDefined(
            "US01", "Old name", "USD", "US", "UTC", new CashAccounts("2400", "2410", "1090")), 4);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>("select count(*) from otc_inbox") == 6, "both are handled");
        (await app.ScalarAsync<string>("select name from legal_entities")).ShouldBe("New name");
        (await app.ScalarAsync<string>("select unapplied_cash_account from legal_entities")).ShouldBe("2401");

        // Whatever else changes an item says what it is afterwards: a credit, a write-off, a new due date, a dispute.
        var credited = item with { Balance = new MoneyAmount(15m, "USD"), DueDate = new DateOnly(2026, 12, 31) };
        await app.Invoicing.PublishAsync(Changed(credited, "credit-applied"), 4);
        await app.Invoicing.KnowsAsync(item.InvoiceId, 15m);
        await app.Invoicing.PublishAsync(Changed(paid, "written-off"), 3);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>("select count(*) from otc_inbox") == 8, "both are handled");
        await app.Invoicing.KnowsAsync(item.InvoiceId, 15m);
        (await app.ScalarAsync<long>("select count(*) from open_items where due_date = '2026-12-31'")).ShouldBe(1);
    }

    private static OpenItemsChanged Changed(OpenItem item, string kind) => new(
        item.InvoiceId, kind, new MoneyAmount(25m, "USD"), new DateOnly(2026, 11, 5), "agreed", null, [item]);
}
