using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>A credit memo lowers an invoice on no day on which that is not there yet.</summary>
public class DatingCredits
{
    [Theory]
    [InlineData(-10, -11, "credit-before-invoice")]
    [InlineData(20, 0, "credit-before-invoice")]
    [InlineData(20, 19, "credit-before-invoice")]
    [InlineData(-10, -10, null)]
    [InlineData(-10, 0, null)]
    [InlineData(20, 20, null)]
    public void A_credit_is_never_dated_before_its_invoice(int invoiced, int credited, string? code)
    {
        var (draft, refusal) = Draft(invoiced, Some.Today.AddDays(credited));

        refusal?.Code.ShouldBe(code);
        draft?.CreditDate.ShouldBe(Some.Today.AddDays(credited));
        (draft is null).ShouldBe(code is not null);
    }

    [Theory]
    [InlineData(-10, 0)]
    [InlineData(0, 0)]
    [InlineData(20, 20)]
    public void Without_a_date_it_is_of_today_or_of_an_invoice_that_is_dated_ahead(int invoiced, int credited) =>
        Draft(invoiced, null).Draft!.CreditDate.ShouldBe(Some.Today.AddDays(credited));

    private static (CreditMemoDraft? Draft, Refusal? Refusal) Draft(int invoiced, DateOnly? date)
    {
        var wish = Some.Wish(Some.Line()) with { InvoiceDate = Some.Today.AddDays(invoiced) };
        var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, Some.Draft(wish), "INV-1").Events[0];
        return CreditMemoDraft.Of(
            new IssueCreditMemo(Some.Customer, CreditReason.Price, [Some.Line()], Some.Receipt, date), Some.Account(),
            issued, Some.Now);
    }
}
