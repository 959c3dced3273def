using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Archive;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.MonthEnd;

/// <summary>What a month-end pack holds, each report once to read by machine and once as a workbook.</summary>
public static class MonthEndPack
{
    /// <summary>Receivables by age at the end of the month, customer by customer.</summary>
    public const string Aging = "aging";

    /// <summary>How receivables came from the first day to the last.</summary>
    public const string RollForward = "roll-forward";

    /// <summary>Subledger = open items = control account at the end of the month.</summary>
    public const string TieOut = "tie-out";

    /// <summary>What a document is, by its name.</summary>
    public static string MediaType(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith(".xlsx", StringComparison.Ordinal) ? Tables.Xlsx : "application/json; charset=utf-8";
    }
}

/// <summary>The documents of month-end packs; their owner is the event that closed the month.</summary>
public sealed class MonthEndPacks(EventStore store) : KeptDocuments(store, Insert, Select)
{
    private const string Insert =
        "insert into month_end_documents (close_id, name, content) select * from unnest($1, $2, $3) " +
        "on conflict (close_id, name) do nothing";

    private const string Select =
        "select name, content from month_end_documents where close_id = $1 and ($2::text is null or name = $2)";
}
