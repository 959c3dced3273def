using OrderToCash.Invoicing.Invoices;

namespace OrderToCash.Invoicing.Tests.Rules;

public class VoidingInvoices
{
    [Fact]
    public void Nothing_is_owed_any_more_and_the_entry_is_reversed_by_a_new_one()
    {
        var issued = Some.Issued();

        Some.Invoices.Given(issued).When(invoice => InvoiceDecider.Void(invoice, "duplicate", Some.Context))
            .ThenState(invoice =>
        {
            (invoice.Status, invoice.Balance).ShouldBe((InvoiceStatus.Void, Some.Usd(0)));
            invoice.Issued!.Entry.ShouldBe(issued.Entry);
        });
        var voided = (InvoiceVoided)InvoiceDecider.Void(
            Invoice.Evolve(Invoice.Initial, issued), "duplicate", Some.Context).Events[0];
        voided.Entry.Lines.Select(line => (line.Account, line.Debit, line.Credit))
            .ShouldBe(issued.Entry.Lines.Select(line => (line.Account, line.Credit, line.Debit)));
    }

    [Fact]
    public void Is_refused_while_money_is_applied_with_the_amount_and_the_remedy()
    {
        var refusal = Some.Invoices.Given(Some.Applied(Some.Issued(), 1, 40))
            .When(invoice => InvoiceDecider.Void(invoice, "duplicate", Some.Context))
            .ThenRefused("invoice-has-payments");

        refusal.Detail.ShouldContain("40.00 USD");
        refusal.Detail.ShouldContain("Reverse");
    }

    [Fact]
    public void Is_refused_without_a_reason() =>
        Some.Invoices.Given(Some.Issued()).When(invoice => InvoiceDecider.Void(invoice, " ", Some.Context))
            .ThenRefused("reason-required");

    [Fact]
    public void Is_refused_the_second_time()
    {
        var issued = Some.Issued();
        var voided = InvoiceDecider.Void(Invoice.Evolve(Invoice.Initial, issued), "duplicate", Some.Context).Events[0];

        Some.Invoices.Given(issued, voided).When(invoice => InvoiceDecider.Void(invoice, "again", Some.Context))
            .ThenRefused("invoice-void");
    }
}
