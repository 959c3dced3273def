using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices;

/// <summary>What may become of a notice.</summary>
public static class NoticeDecider
{
    private const string TooLate = "too-late";

    /// <summary>Why a mail waits that the mail server does not take for the moment.</summary>
    public const string NotTakenYet = "not-taken-yet";

    /// <summary>Older than this, a prepared mail no longer tells the truth about days overdue.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(24);

    /// <summary>
    /// A letter bears its own date, and whoever prints and posts has weekends: after this it is written anew.
    /// </summary>
    public static readonly TimeSpan LetterGoodFor = TimeSpan.FromDays(5);

    /// <summary>
    /// The last look before sending: a reason not to, or null. What each item has to collect now must be what the mail
    /// says, and so must what it names beside that; but for a letter that waits to be posted: it names that as of its
    /// date, and who pays a little each day would never get it.
    /// </summary>
    /// <param name="notice">The notice.</param>
    /// <param name="age">Time since it was prepared.</param>
    /// <param name="items">An item as it is now; null when it is not known.</param>
    /// <param name="cash">The customer's money that is not applied yet, and what likely is its.</param>
    /// <param name="holds">Holds of the whole customer; those that forbid any contact are for the rules of contact.
    /// </param>
    public static string? Overtaken(
        Notice notice, TimeSpan age, Func<Guid, int, ItemFacts?> items, CustomerCash cash,
        IReadOnlyList<HoldKind> holds)
    {
        ArgumentNullException.ThrowIfNull(notice);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(cash);
        ArgumentNullException.ThrowIfNull(holds);
        var content = notice.Prepared!.Content;
        if (content.IgnoresCredits == true)
            cash = cash.WithoutCredits();
        return age > GoodForOf(content) ? TooLate
            : !content.Items.All(item => items(item.InvoiceId, item.Installment)?.Collectible == item.Balance)
                || (notice.Status != NoticeStatus.Queued && content.Beside?.All(
                    item => IsStill(item, items(item.InvoiceId, item.Installment))) == false)
                ? "balance-changed"
            : holds.Contains(HoldKind.DunningBlock) ? Blocks.DunningBlock
            : cash.Covers(content.Totals) ?? (SaysWhatIsDeducted(content, cash) ? null : "credit-changed");
    }

    private static bool IsStill(NamedBeside named, ItemFacts? now) =>
        (named.IsDisputed ? now?.Disputed : now?.Collectible) == named.Balance;

    /// <summary>Nobody is asked for more than is left of what they have to their credit by now.</summary>
    private static bool SaysWhatIsDeducted(NoticeContent content, CustomerCash cash) =>
        content.Channel.IsWork()
        || cash.Deductions(content.Totals).SequenceEqual(content.Deductions ?? []);

    /// <summary>How long after it was written it may go out.</summary>
    public static TimeSpan GoodForOf(NoticeContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.Channel == NoticeChannel.Letter ? LetterGoodFor : GoodFor;
    }

    /// <summary>
    /// What becomes of a notice that a rule of contact keeps back. Quiet hours pass by themselves: where it is still
    /// good then, it waits for their end. Else it is withdrawn, and the next run decides anew.
    /// </summary>
    public static Decision KeepBack(
        Notice notice, string rule, DateTimeOffset? until, DateTimeOffset preparedAt) =>
        WhilePrepared(notice, content =>
            rule == ContactRule.QuietHours && until is { } end && end - preparedAt <= GoodForOf(content)
                ? new NoticePutOff(content, end, rule, preparedAt)
                : new NoticeWithdrawn(content, rule));

    /// <summary>Takes up what was put off, once its time has come.</summary>
    public static Decision TakeUp(Notice notice, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return notice.PutOffUntil <= now
            ? WhilePrepared(notice, content => new NoticeTakenUp(content))
            : Decision.Nothing;
    }

    /// <summary>Notes that the mail server has taken it.</summary>
    public static Decision Sent(Notice notice) => Sent(notice, []);

    /// <summary>Notes that the mail server has taken it, and what became of its copies.</summary>
    public static Decision Sent(Notice notice, IReadOnlyList<CopyOutcome> copies)
    {
        ArgumentNullException.ThrowIfNull(notice);
        ArgumentNullException.ThrowIfNull(copies);
        if (notice is not { Status: NoticeStatus.Prepared, Prepared: { } prepared })
            return Decision.Nothing;
        var sent = WentOut(notice, prepared.Content);
        return copies.Count == 0 ? sent : Decision.Of([.. sent.Events, new NoticeCopied(prepared.Content, copies)]);
    }

    /// <summary>What it costs is asked for with it: what never went out costs nothing.</summary>
    private static Decision WentOut(Notice notice, NoticeContent content) => notice.Fee is { } fee
        ? Decision.Of(new NoticeSent(content), ReminderFeeAsked.Of(content, fee, notice.FeeItems))
        : Decision.Of(new NoticeSent(content));

    /// <summary>Puts a letter where whoever prints and posts finds it.</summary>
    public static Decision Queue(Notice notice) => WhilePrepared(notice, content => new LetterQueued(content));

    /// <summary>Hands what is no writing to whoever does it.</summary>
    public static Decision HandOver(Notice notice, Guid? workId) =>
        WhilePrepared(notice, content => new NoticeHandedOver(content, workId));

    /// <summary>Notes that a letter was posted. One that was taken back in the meantime is not to be posted.</summary>
    public static Decision Posted(Notice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return notice switch
        {
            { Status: NoticeStatus.Queued, Prepared: { } prepared } => WentOut(notice, prepared.Content),
            { Status: NoticeStatus.Sent, Prepared.Content.Channel: NoticeChannel.Letter } => Decision.Nothing,
            { Status: NoticeStatus.Withdrawn, Reason: { } reason } => Refusal.State(
                "letter-withdrawn", $"The letter was withdrawn ({reason}); it is not to be posted."),
            _ => NoLetter(),
        };
    }

    /// <summary>Takes a letter back before it is posted.</summary>
    public static Decision TakeBack(Notice notice, string reason)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return notice switch
        {
            { Status: NoticeStatus.Queued, Prepared: { } prepared } =>
                Decision.Of(new NoticeWithdrawn(prepared.Content, reason)),
            { Status: NoticeStatus.Withdrawn } => Decision.Nothing,
            _ => NoLetter(),
        };
    }

    private static Refusal NoLetter() => Refusal.State(
        "no-letter-waits", "This notice is no letter that waits to be posted.");

    /// <summary>
    /// Notes that the mail server did not take it. Where it is tried again it waits, unless it is not good then any
    /// more: that says nothing about the mail, and the next run decides anew, as it does about what has failed.
    /// </summary>
    public static Decision NotTaken(
        Notice notice, string reason, DateTimeOffset? tryAgainAt, DateTimeOffset preparedAt) =>
        WhilePrepared(notice, content =>
            tryAgainAt is not { } at ? new NoticeFailed(content, reason)
            : at - preparedAt <= GoodForOf(content)
                ? new NoticePutOff(content, at, NotTakenYet, preparedAt, reason)
            : new NoticeWithdrawn(content, TooLate));

    /// <summary>Notes that it was not sent.</summary>
    public static Decision Failed(Notice notice, string reason) =>
        WhilePrepared(notice, content => new NoticeFailed(content, reason));

    /// <summary>
    /// Notes that a mail or message which was taken came back: it has reached nobody, so its step is due again.
    /// </summary>
    public static Decision CameBack(Notice notice, string reason)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return notice is { Status: NoticeStatus.Sent, Prepared.Content: { } content }
            && (content.Channel == NoticeChannel.Email || content.Channel.IsMessage())
            ? Decision.Of(new NoticeFailed(content, reason))
            : Decision.Nothing;
    }

    /// <summary>Takes it back before it is sent.</summary>
    public static Decision Withdraw(Notice notice, string reason) =>
        WhilePrepared(notice, content => new NoticeWithdrawn(content, reason));

    private static Decision WhilePrepared(Notice notice, Func<NoticeContent, object> outcome)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return notice is { Status: NoticeStatus.Prepared, Prepared: { } prepared }
            ? Decision.Of(outcome(prepared.Content))
            : Decision.Nothing;
    }
}
