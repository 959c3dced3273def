using System.Globalization;
using System.Text;

namespace OrderToCash.CashApplication.Tests.Support;

/// <summary>Makes NACHA files of one batch, with the control totals they must have.</summary>
/// <param name="Company">Identification of the company whose entries these are, or to which they come back.</param>
internal sealed record Nacha(string Company)
{
    private const string Routing = "231380104";

    private readonly List<string> _records = [];
    private long _hash;
    private decimal _credits;
    private decimal _debits;

    public string Kind { get; init; } = "PPD";

    /// <summary>Name of the company, up to 16 letters.</summary>
    public string Name { get; init; } = "Globex Corp";

    /// <summary>Money to an account at the bank that sends the file.</summary>
    public Nacha Credit(
        string account, decimal amount, string trace, string identification = "", string? addenda = null)
    {
        Entry("22", account, amount, identification, "Acme Inc.", trace, addenda is not null, isCredit: true);
        if (addenda is not null)
            Addenda($"705{addenda,-80}0001{trace[^7..]}");
        return this;
    }

    /// <summary>A debit of the company that comes back, with its reason.</summary>
    public Nacha Return(
        string payerAccount, decimal amount, string code, string originalTrace, string trace,
        string identification = "")
    {
        Entry("26", payerAccount, amount, identification, "Paul Jones", trace, hasAddenda: true, isCredit: false);
        return Addenda($"799{code,-3}{originalTrace,-15}{"",6}{"09100000",-8}{"",44}{trace,-15}");
    }

    /// <summary>A notice that the data of an account have changed.</summary>
    public Nacha Change(string payerAccount, string code, string corrected, string trace)
    {
        Entry("21", payerAccount, 0m, "", "Best Co.", trace, hasAddenda: true, isCredit: true);
        return Addenda($"798{code,-3}{trace,-15}{"",6}{"12104288",-8}{corrected,-29}{"",15}{trace,-15}");
    }

    public byte[] File(string day = "261102") => Encoding.ASCII.GetBytes(string.Join('\n',
    [
        $"101 {Routing} 121042882{day}1600A094101{"Bank",-23}{"Acme",-23}{"",8}",
        $"5200{Name,-16}{"",20}{Company,-10}{Kind}{"PAYMENT",-10}{"",6}{day}{"",3}1121042880000001",
        .. _records,
        $"8200{Control(6)}{Company,-10}{"",19}{"",6}121042880000001",
        $"9000001000001{Control(8)}{"",39}",
    ]));

    private string Control(int countLength) =>
        Digits(_records.Count, countLength) + Digits(_hash % 10_000_000_000, 10)
        + Cents(_debits, 12) + Cents(_credits, 12);

    private void Entry(
        string code, string account, decimal amount, string identification, string name, string trace, bool hasAddenda,
        bool isCredit)
    {
        var addenda = hasAddenda ? 1 : 0;
        Add($"6{code}{Routing}{account,-17}{Cents(amount, 10)}{identification,-15}{name,-22}  {addenda}{trace}");
        _hash += 23138010;
        _credits += isCredit ? amount : 0;
        _debits += isCredit ? 0 : amount;
    }

    private Nacha Addenda(string record)
    {
        Add(record);
        return this;
    }

    private void Add(string record)
    {
        record.Length.ShouldBe(94, record);
        _records.Add(record);
    }

    private static string Cents(decimal amount, int length) => Digits((long)(amount * 100), length);

    private static string Digits(long number, int length) =>
        number.ToString(CultureInfo.InvariantCulture).PadLeft(length, '0');
}
