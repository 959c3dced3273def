namespace OrderToCash.Documents;

/// <summary>A mail, word for word as it goes out.</summary>
/// <param name="MessageId">RFC 5322 Message-ID; every attempt to send one mail bears the same one.</param>
/// <param name="To">Address of the recipient.</param>
/// <param name="ToName">Name of the recipient.</param>
/// <param name="FromName">Name of the sender; the address is the service's own.</param>
/// <param name="Language">ISO 639-1 code of the language it is written in.</param>
/// <param name="Subject">Subject, on one line.</param>
/// <param name="Text">Body as plain text.</param>
/// <param name="Html">Body as HTML.</param>
/// <param name="Attachments">Files.</param>
/// <param name="OptOut">Where the recipient says that no more such mails are wanted, with one POST; null where that is
/// not offered.</param>
/// <param name="ReplyTo">Where answers go; null where they go to the service's own address. One that is not plain ASCII
/// is left out: servers need not take it.</param>
public sealed record OutgoingMail(
    string MessageId, string To, string ToName, string FromName, string Language, string Subject, string Text,
    string Html, IReadOnlyList<MailAttachment>? Attachments = null, string? OptOut = null,
    string? ReplyTo = null)
{
    /// <summary>A subject or name with a line break would end its header and begin another.</summary>
    public static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
}

/// <summary>A file in a mail.</summary>
/// <param name="Name">Its name, e.g. <c>statement.pdf</c>.</param>
/// <param name="MediaType">E.g. <c>application/pdf</c>.</param>
/// <param name="Content">Its bytes.</param>
public sealed record MailAttachment(string Name, string MediaType, ReadOnlyMemory<byte> Content);

/// <summary>Why a mail was not taken.</summary>
/// <param name="Reason">What the server or the network said.</param>
/// <param name="IsOfAddress">The server says for good that nobody is reached at the address.</param>
/// <param name="IsOfServer">
/// It is not about this mail: the server is away, does not answer, or does not let the sender in. Any mail would fail.
/// </param>
/// <param name="IsPassing">It is about this mail and may pass by itself: the server asks to come again later.</param>
public sealed record MailFailure(
    string Reason, bool IsOfAddress = false, bool IsOfServer = false, bool IsPassing = false)
{
    private const int MostOfReason = 300;

    /// <summary>
    /// What a server said, as it can be kept: PostgreSQL has no NUL, and half a surrogate pair is no character. Who
    /// cannot keep what became of a mail cannot go on to the next one either.
    /// </summary>
    public static string Said(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = OutgoingMail.OneLine(text);
        return line.Length <= MostOfReason ? line
            : char.IsHighSurrogate(line[MostOfReason - 1]) ? line[..(MostOfReason - 1)]
            : line[..MostOfReason];
    }
}
