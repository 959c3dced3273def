using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Statements;

/// <summary>
/// How often an account has lines that are alike: as booked before a file, and counted on while the file is read.
/// Looked up for many lines at once; holds some forty bytes for each different line of the file.
/// </summary>
/// <param name="lookUp">
/// Tells of an account and fingerprints how often each is booked; what never was may be left out.
/// </param>
public sealed class LineHistory(
    Func<string, string[], CancellationToken, Task<IReadOnlyDictionary<string, int>>> lookUp)
{
    private const string Sql =
        "select fingerprint, count(*)::int from statement_lines where bank_account = $1 and fingerprint = any($2) " +
        "and class not in ('information', 'already-booked', 'pending') and import_id <> $3 group by fingerprint";

    private readonly Dictionary<string, Dictionary<UInt128, int>> _accounts = new(StringComparer.Ordinal);

    /// <summary>What the service has booked; the lines of the file itself do not count as booked before it.</summary>
    public static LineHistory Of(NpgsqlDataSource database, Guid importId) => new(
        (account, lines, cancellation) => LookUpAsync(database, importId, account, lines, cancellation));

    private static async Task<IReadOnlyDictionary<string, int>> LookUpAsync(
        NpgsqlDataSource database, Guid importId, string account, string[] lines, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = account });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = lines });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
            counts[reader.GetString(0)] = reader.GetInt32(1);
        return counts;
    }

    /// <summary>Looks up what is not known yet of these lines.</summary>
    public async Task LoadAsync(string bankAccount, IEnumerable<EntryFingerprint> lines, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var counts = CountsOf(bankAccount);
        var unknown = lines.DistinctBy(line => line.Number).Where(line => !counts.ContainsKey(line.Number)).ToArray();
        if (unknown.Length == 0)
            return;
        foreach (var line in unknown)
            counts[line.Number] = 0;
        foreach (var (text, count) in await lookUp(
            bankAccount, Array.ConvertAll(unknown, line => line.Text), cancellation))
        {
            counts[EntryFingerprint.NumberOf(text)] = count;
        }
    }

    /// <summary>Starts a statement of the account: a count of its own, until it is known which lines are new.</summary>
    public StatementLines Begin(string bankAccount) => new(CountsOf(bankAccount));

    private Dictionary<UInt128, int> CountsOf(string bankAccount) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_accounts, bankAccount, out _) ??= [];

    /// <summary>The lines of one statement against what the account has.</summary>
    public sealed class StatementLines
    {
        private readonly Dictionary<UInt128, int> _counts;
        private readonly Dictionary<UInt128, int> _own = [];

        internal StatementLines(Dictionary<UInt128, int> counts) => _counts = counts;

        /// <summary>Counts the line in: the how many-eth of its kind it is in the statement, from 1.</summary>
        public int Count(EntryFingerprint line) =>
            ++CollectionsMarshal.GetValueRefOrAddDefault(_own, line.Number, out _);

        /// <summary>How often the account had it before the statement.</summary>
        public int Before(EntryFingerprint line) => _counts.GetValueOrDefault(line.Number);

        /// <summary>The statement is read: what of it is new counts for the next one of the file.</summary>
        public void End(bool leavesOutKnown)
        {
            foreach (var (line, count) in _own)
            {
                ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, line, out _);
                known = leavesOutKnown ? Math.Max(known, count) : known + count;
            }
        }
    }
}
