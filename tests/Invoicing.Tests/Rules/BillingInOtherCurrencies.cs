using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>INV-11: documents in euros of a customer whose account is kept in dollars.</summary>
public class BillingInOtherCurrencies
{
    private static readonly ExchangeRate Rate = new(ExchangeRate.Daily, Some.Today, 1.1m);
    private static readonly Guid DocumentId = Ids.From("document", "1");
    private static readonly Guid InvoiceId = Ids.From("invoice", "1");

    [Fact]
    public void A_document_is_in_the_currency_it_names_at_the_rate_of_that_one()
    {
        var draft = Draft(Some.Account().In("EUR") with { Rate = Rate }, "EUR");

        (draft.Total, draft.BaseTotal).ShouldBe((Eur(100), Some.Usd(110)));
        Some.Account().In(null).ShouldBe(Some.Account());
        Some.Account().In("USD").ShouldBe(Some.Account());

        // What one unit of the account's own currency is worth says nothing of another one.
        InvoiceDraft.Of(Some.Wish(Some.Line()) with { Currency = "EUR" }, Some.Account("JPY") with { Rate = Rate },
            Some.Now).Refusal!.Code.ShouldBe("no-exchange-rate");
    }

    [Theory]
    [InlineData(null, 40, null)]
    [InlineData(60, null, 60)]
    [InlineData(60, 40, null)]
    public void A_bound_in_money_allows_no_unearned_discount_elsewhere_and_one_in_days_does(
        int? days, int? upTo, int? elsewhere)
    {
        var clause = new DiscountClause(DiscountAllowance.EarnedAndUnearned, days, upTo);
        var account = Some.Account(terms: "2/10 NET 30") with { Discounts = clause };

        var own = Draft(account, null).Installments[0].Discount!;
        var other = Draft(account.In("EUR") with { Rate = Rate }, "EUR").Installments[0].Discount!;

        (own.Unearned!.Days, own.Unearned.UpTo).ShouldBe((days, upTo));
        (other.Rate, other.Until).ShouldBe((own.Rate, own.Until));
        other.Unearned.ShouldBe(elsewhere is null ? null : new UnearnedDiscountBound(elsewhere, null));
    }

    [Fact]
    public void A_contract_charges_parts_of_what_is_open_and_no_fixed_sums_elsewhere()
    {
        StatutorySum[] sums = [new(0, 40)];
        var clauses = new ContractClauses(
            LateFee: 25, LateFeePercent: 1.5m, ReminderFee: 5, Statutory: new StatutoryClause("ecb", 8, sums));
        var (from, to) = (new DateOnly(2026, 10, 1), new DateOnly(2026, 10, 31));
        var item = new ItemHistory(InvoiceId, "INV-1", 1, new(2026, 9, 30), [(new(2026, 9, 30), 1_000)]);

        var charges = FinanceChargeRules.For(
            clauses.InOtherCurrency(), from, to, [item], Currency.Of("EUR"), reference: 2).ToList();

        // 1.5 % of 1,000, and 1,000 × 10 % ÷ 365 × 31.
        charges.Select(one => (one.Kind, one.Amount))
            .ShouldBe([(ChargeKind.LateFee, Eur(15)), (ChargeKind.Interest, Eur(8.49m))]);
        clauses.InOtherCurrency().ReminderFee.ShouldBeNull();
    }

    [Fact]
    public void A_credit_is_in_the_currency_of_its_invoice_and_keeps_its_rate()
    {
        var invoice = Issued(DocumentKind.Invoice, "EUR").Issued!;
        var wish = new IssueCreditMemo(
            Some.Customer, CreditReason.Return, [Some.Line(1, 10, 0)], InvoiceId, Some.Today);

        var (draft, _) = CreditMemoDraft.Of(wish, Some.Account(), invoice, Some.Now);

        (draft!.Total, draft.Rate, draft.BaseTotal).ShouldBe((Eur(10), Rate, Some.Usd(11)));
        CreditMemoDraft.Of(wish with { Currency = "USD" }, Some.Account(), invoice, Some.Now).Refusal!.Code
            .ShouldBe("other-currency");
        CreditMemoDraft.Of(wish with { InvoiceId = null }, Some.Account(), null, Some.Now).Draft!.Total
            .ShouldBe(Some.Usd(10));
    }

    [Fact]
    public void A_credit_memo_settles_nothing_of_another_currency()
    {
        var (draft, _) = CreditMemoDraft.Of(
            new IssueCreditMemo(Some.Customer, CreditReason.Return, [Some.Line(1, 10, 0)], CreditDate: Some.Today),
            Some.Account(), null, Some.Now);
        var memo = CreditMemo.Evolve(CreditMemo.Initial, CreditMemoDecider.Issue(draft!, "CM-US01-2026-000001"));
        var settlement = new CreditSettlement(DocumentId, memo, Some.Context, Some.NewId);

        settlement.Settle(InvoiceId, Issued(DocumentKind.Invoice, "EUR")).Refusal!.Code.ShouldBe("other-currency");
        settlement.MemoEvents.ShouldBeEmpty();
        settlement.Settle(InvoiceId, Issued(DocumentKind.Invoice, "USD")).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_deposit_is_netted_with_nothing_of_another_currency()
    {
        var deposit = Issued(DocumentKind.Deposit, "USD");
        deposit = InvoiceDecider.ApplyPayment(deposit, Some.Payment(1, 100), Some.Context).Events
            .Aggregate(deposit, Invoice.Evolve);
        var settlement = new DepositSettlement(DocumentId, deposit, Some.Context, Some.NewId);

        settlement.Settle(InvoiceId, Issued(DocumentKind.Invoice, "EUR")).Refusal!.Code.ShouldBe("other-currency");
        settlement.DepositEvents.ShouldBeEmpty();
        settlement.Settle(InvoiceId, Issued(DocumentKind.Invoice, "USD")).Events.ShouldHaveSingleItem();
    }

    private static Money Eur(decimal amount) => Money.Of(amount, "EUR");

    private static InvoiceDraft Draft(BillingAccount account, string? currency) =>
        Some.Draft(Some.Wish(Some.Line(1, 100, 0)) with { Currency = currency }, account);

    private static Invoice Issued(DocumentKind kind, string currency)
    {
        var account = Some.Account().In(currency);
        var draft = Draft(account with { Rate = account.IsForeign ? Rate : null }, currency) with { Kind = kind };
        return Invoice.Evolve(
            Invoice.Initial, InvoiceDecider.Issue(Invoice.Initial, draft, "INV-US01-2026-000001").Events[0]);
    }
}
