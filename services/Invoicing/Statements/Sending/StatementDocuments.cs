using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Archive;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>What is kept of a statement.</summary>
public static class StatementDocument
{
    /// <summary>What it says, as JSON.</summary>
    public const string Content = "content";

    /// <summary>As HTML.</summary>
    public const string Page = "page";

    /// <summary>The mail without its file, in plain.</summary>
    public const string Mail = "mail";

    /// <summary>The same, sealed with the key of the person it goes to.</summary>
    public const string SealedMail = "sealed-mail";

    /// <summary>As PDF; made when it is first needed.</summary>
    public const string Pdf = "pdf";
}

/// <summary>Statements as they were made and sent.</summary>
public sealed class StatementDocuments(EventStore store) : KeptDocuments(store, Insert, Select)
{
    private const string Insert =
        "insert into statement_documents (statement_id, name, content) select * from unnest($1, $2, $3) " +
        "on conflict (statement_id, name) do nothing";

    private const string Select =
        "select name, content from statement_documents where statement_id = $1 and ($2::text is null or name = $2)";

    /// <summary>Keeps documents; one that is there already stays as it is.</summary>
    public static NpgsqlBatchCommand Keep(IReadOnlyList<KeptDocument> documents) => Command(Insert, documents);
}
