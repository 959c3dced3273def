using System.Globalization;
using OrderToCash.Collections.Contacts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices;

/// <summary>Where a notice is.</summary>
public enum NoticeStatus
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Written, about to be sent.</summary>
    Prepared,

    /// <summary>The mail server has taken it, or it was posted.</summary>
    Sent,

    /// <summary>The mail server did not take it, or it came back; the next run tries again.</summary>
    Failed,

    /// <summary>Overtaken before it was sent.</summary>
    Withdrawn,

    /// <summary>A letter that waits to be printed and posted.</summary>
    Queued,

    /// <summary>No writing: somebody has it to do.</summary>
    HandedOver,
}

/// <summary>What one customer hears on one day about one legal entity's receivables.</summary>
public sealed record Notice
{
    public static readonly Notice Initial = new();

    /// <summary>Where it is.</summary>
    public NoticeStatus Status { get; init; }

    /// <summary>As it was written last; null before that.</summary>
    public NoticePrepared? Prepared { get; init; }

    /// <summary>Why it failed or was withdrawn, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>When it is taken up again; null unless it was put off.</summary>
    public DateTimeOffset? PutOffUntil { get; init; }

    /// <summary>How often the mail server did not take it for the moment.</summary>
    public int TimesNotTaken { get; init; }

    /// <summary>What it says it costs the customer, on top of what it asks for; null for nothing.</summary>
    public Money? Fee { get; init; }

    /// <summary>What it costs that for; null where it was not told.</summary>
    public IReadOnlyList<ChargedItem>? FeeItems { get; init; }

    /// <summary>When what was put off had been written; null where it never was.</summary>
    public DateTimeOffset? PreparedAt { get; init; }

    /// <summary>What became of its copies; null where there were none, or before it went out.</summary>
    public IReadOnlyList<CopyOutcome>? Copied { get; init; }

    /// <summary>
    /// Copies that were out before it was written anew: their links stay good, and who has one gets no other.
    /// </summary>
    public IReadOnlyList<NoticeMail> CopiesBefore { get; init; } = [];

    public static Notice Evolve(Notice notice, object e) => e switch
    {
        NoticePrepared prepared => new Notice
        {
            Status = NoticeStatus.Prepared,
            Prepared = prepared,
            CopiesBefore = [.. notice.CopiesBefore, .. notice.CopiesOut()],
        },
        ReminderFeeNamed named => notice with { Fee = named.Fee, FeeItems = named.Items },
        NoticePutOff put => notice with
        {
            PutOffUntil = put.Until,
            Reason = put.Rule,
            PreparedAt = put.PreparedAt,
            TimesNotTaken = notice.TimesNotTaken + (put.Rule == NoticeDecider.NotTakenYet ? 1 : 0),
        },
        NoticeTakenUp => notice with { PutOffUntil = null, Reason = null },
        NoticeHandedOver => notice with { Status = NoticeStatus.HandedOver },
        LetterQueued => notice with { Status = NoticeStatus.Queued },
        NoticeSent => notice with { Status = NoticeStatus.Sent },
        NoticeCopied copied => notice with { Copied = copied.Copies },
        NoticeFailed failed => notice with { Status = NoticeStatus.Failed, Reason = failed.Reason },
        NoticeWithdrawn withdrawn => notice with { Status = NoticeStatus.Withdrawn, Reason = withdrawn.Reason },
        _ => notice,
    };

    /// <summary>
    /// True while a mail of it to this address may be leaving: what comes back from there is not known to be of it yet.
    /// Of a copy that was out before it was written anew it is known.
    /// </summary>
    public bool IsLeavingFor(string? address)
    {
        return Status == NoticeStatus.Prepared && Prepared is { } prepared && !CopiesBefore.Any(IsTo)
            && (ContactProfile.Key(prepared.Content.To) == ContactProfile.Key(address)
                || prepared.Copies?.Any(IsTo) == true);

        bool IsTo(NoticeMail mail) => ContactProfile.Key(mail.To) == ContactProfile.Key(address);
    }

    private IEnumerable<NoticeMail> CopiesOut() => (Prepared?.Copies ?? []).Where(
        copy => Copied?.Any(outcome => outcome.To == copy.To && outcome.Reason is null) == true);
}

public static class NoticeStream
{
    public static readonly StreamType<Notice> Type = new("notice", Notice.Initial, Notice.Evolve);

    /// <summary>What is no writing has a stream of its own beside the notice of the day.</summary>
    public static Guid WorkId(string legalEntity, Guid customerId, DateOnly date) => Ids.From(
        "notice", legalEntity, customerId.ToString("D"), date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "work");

    /// <summary>One notice per customer and day: the same day is always the same stream.</summary>
    public static Guid Id(string legalEntity, Guid customerId, DateOnly date) => Ids.From(
        "notice", legalEntity, customerId.ToString("D"), date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
