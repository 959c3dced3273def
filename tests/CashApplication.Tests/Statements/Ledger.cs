using System.Text;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Tests.Support;

namespace OrderToCash.CashApplication.Tests.Statements;

/// <summary>An account with what is booked on it, without a database: the rules of imports and nothing else.</summary>
internal sealed class Ledger
{
    private static readonly BankAccountRow Row =
        new("US01-MAIN", "US01", "USD", Camt.Account, null, null, "1000", false, false, false, null, null, null, 1);

    private readonly Dictionary<string, int> _history = new(StringComparer.Ordinal);

    public BankAccount Account { get; private set; } = BankAccount.Evolve(
        BankAccount.Initial, new BankAccountDefined("US01-MAIN", "US01", "USD", Camt.Account, null, null, "1000"));

    public List<IncomingReceipt> Receipts { get; } = [];

    public List<StatementLine> Lines { get; } = [];

    /// <summary>Imports the statement; what became of it, or why not.</summary>
    public (BookedStatement? Statement, IReadOnlyList<StatementLine> Lines, StatementRefusal? Refusal) Import(
        Camt camt, bool acceptsGap = false)
    {
        var content = Encoding.UTF8.GetBytes(camt.Xml());
        SurveyedStatement surveyed;
        try
        {
            using var reader = CamtReader.Open(new MemoryStream(content));
            surveyed = new StatementSurvey(
                new LineHistory(LookUp), (_, _) => Task.FromResult(Row), (_, facts) => Place(facts, acceptsGap))
                .ReadAsync(reader, CancellationToken.None).GetAwaiter().GetResult().Single();
        }
        catch (StatementRefused refused)
        {
            return (null, [], refused.Refusal);
        }

        var booked = StatementAcceptance.Describe(surveyed, Account);
        return (booked, surveyed.Place.IsRepeat ? [] : Book(content, booked, surveyed), null);
    }

    private StatementPlace Place(StatementFacts facts, bool acceptsGap)
    {
        var place = StatementChain.Place(Account.Statements, facts, acceptsGap);
        return place.Refusal is { } refusal ? throw new StatementRefused(refusal) : place;
    }

    private List<StatementLine> Book(byte[] content, BookedStatement booked, SurveyedStatement surveyed)
    {
        Account = BankAccount.Evolve(Account, StatementAcceptance.Booked(
            Guid.Empty, Row.Code, Account, surveyed.Facts, surveyed.Place));
        using var reader = CamtReader.Open(new MemoryStream(content));
        var header = reader.NextStatement()!;
        var history = new LineHistory(LookUp);
        var counts = history.Begin(Row.Code);
        var maker = new LineMaker(Guid.Empty, booked, header, counts, new DateOnly(2026, 11, 2));
        using var fingerprint = new StatementFingerprint(header);
        var lines = new List<StatementLine>();
        while (reader.NextEntry() is { } entry)
        {
            var line = fingerprint.Add(entry);
            history.LoadAsync(Row.Code, [line], CancellationToken.None).GetAwaiter().GetResult();
            var made = maker.Make(entry, line);
            lines.Add(made.Line);
            Receipts.AddRange(made.Receipts);
        }

        foreach (var line in lines.Where(line => line.Class is not (LineClass.AlreadyBooked or LineClass.Information)))
        {
            var key = line.Key.Split('#')[0];
            _history[key] = _history.GetValueOrDefault(key) + 1;
        }

        Lines.AddRange(lines);
        return lines;
    }

    private Task<IReadOnlyDictionary<string, int>> LookUp(
        string account, string[] lines, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<string, int>>(
            lines.Where(_history.ContainsKey).ToDictionary(line => line, line => _history[line]));
}
