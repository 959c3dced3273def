namespace OrderToCash.Local.Demo;

/// <summary>What a bank books on the demo day: every kind of payment a cash application clerk meets.</summary>
internal sealed class DemoStatement(Company company)
{
    private readonly List<BankLine> _lines = [];
    private int _next;

    public IReadOnlyList<BankLine> Lines()
    {
        // Exact, with the number in the text as people write it.
        for (var count = 0; count < 12; count++)
            Pay(Next(), invoice => $"Payment of invoice {Written(invoice.Number, count)}, thank you");

        // Short: what was meant for freight is missing. Over: rounded up.
        Pay(Next(), invoice => $"{invoice.Number} less freight", -4.99m);
        Pay(Next(), invoice => $"{invoice.Number} rounded up", 25m);

        // One payment for two invoices of one customer.
        var first = Next();
        var second = company.Invoices.First(invoice =>
            invoice.CustomerId == first.CustomerId && invoice.Number != first.Number
            && string.CompareOrdinal(invoice.Number, first.Number) > 0);
        Add(first, first.Total + second.Total, $"Invoices {first.Number} and {second.Number}");

        // The amount alone tells, because nobody else owes exactly this.
        Pay(Next(), _ => "our payment run");

        // The same invoice paid twice: the second payment stays the customer's.
        var twice = Next();
        Add(twice, twice.Total, $"Invoice {twice.Number}");
        Add(twice, twice.Total, $"Invoice {twice.Number} second transfer");

        // Nobody knows who this is.
        _lines.Add(new BankLine(1_234.56m, "Unknown Trading Ltd", null, "as agreed by phone"));

        // Money out: the bank's fee.
        _lines.Add(new BankLine(-12.50m, "", null, "Account maintenance fee"));
        return _lines;
    }

    /// <summary>
    /// The next invoice nobody has paid; far enough apart that a later one of the same customer is still open.
    /// </summary>
    private Invoice Next() => company.Invoices[_next++];

    private void Pay(Invoice invoice, Func<Invoice, string> text, decimal difference = 0) =>
        Add(invoice, invoice.Total + difference, text(invoice));

    private void Add(Invoice invoice, decimal amount, string text)
    {
        var buyer = company.Buyer(invoice.CustomerId);
        _lines.Add(new BankLine(amount, buyer.Name, buyer.Iban, text));
    }

    private static string Written(string number, int way) => (way % 3) switch
    {
        0 => number,
        1 => number.ToLowerInvariant(),
        _ => number.Replace('-', ' '),
    };
}
