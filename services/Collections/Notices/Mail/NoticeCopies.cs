using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Documents;

namespace OrderToCash.Collections.Notices.Mail;

/// <summary>What came of the copies of a notice.</summary>
/// <param name="Contacts">Events of the customer's contact profile.</param>
/// <param name="Outcomes">What became of each.</param>
public sealed record SentCopies(IReadOnlyList<object> Contacts, IReadOnlyList<CopyOutcome> Outcomes)
{
    /// <summary>Where mail is found not to arrive.</summary>
    public IEnumerable<ContactPoint> Failed => Contacts.OfType<AddressFailed>().Select(failed => failed.Point);
}

/// <summary>
/// Sends the copies of a notice that the mail server has just taken. Each is a mail of its own, because whoever reads
/// it opts out by its link, and because what keeps one of them back must keep back nothing else. The rules of contact
/// are asked for each of them; a reader whose clock or whose word forbids it gets none, then or later. Where the server
/// is away by now the others are not tried, nor once their time is over: the customer is locked meanwhile.
/// </summary>
public sealed class NoticeCopies(Mailer mailer, TimeProvider clock)
{
    private const string NoContact = "no-contact";

    private const string SentBefore = "sent-before";

    private const string NotInTime = "not-in-time";

    /// <summary>
    /// For a notice and all of its copies, as long as one mail may take (<see cref="Mailer"/>): others wait in the
    /// database for what becomes of them, such as a hold that forbids the next contact.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    /// <summary>Sends them; what is out stays out, so nothing ends it half way.</summary>
    /// <param name="noticeId">The notice.</param>
    /// <param name="notice">As it was written, and what was out before that.</param>
    /// <param name="customer">As it is now: who is no contact of it any more gets nothing.</param>
    /// <param name="profile">With the contact that the notice itself was.</param>
    /// <param name="first">That moment of contact.</param>
    /// <param name="file">What the mails carry, or null.</param>
    /// <param name="inTime">Ends when <see cref="Patience"/> does, from the notice itself on.</param>
    public async Task<SentCopies> SendAsync(
        Guid noticeId, Notice notice, ContactableCustomer customer, ContactProfile profile, ContactMoment first,
        MailAttachment? file, CancellationToken inTime)
    {
        ArgumentNullException.ThrowIfNull(notice);
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(first);
        var (contacts, outcomes, away) = (new List<object>(), new List<CopyOutcome>(), (string?)null);
        foreach (var mail in notice.Prepared?.Copies ?? [])
        {
            var moment = customer.Moment(ContactChannel.Email, mail.To, null, first.Rules, clock.GetUtcNow()) with
            {
                InvoiceIds = first.InvoiceIds,
                IsCopy = true,
            };
            var made = ContactDecider.Attempt(profile, moment, noticeId).Events;
            var reason = away ?? NoReader(notice, customer, mail.To);
            if (reason is not null)
            {
                made = [];
            }
            else if (made is [ContactSuppressed no])
            {
                reason = no.Rule;
            }
            else if (await SendAsync(mail, file, inTime) is { } failure)
            {
                reason = failure.Reason;
                away = failure.IsOfServer ? reason : null;
                made = failure.IsOfAddress
                    ? ContactDecider.Fail(profile, new AddressFailed(moment.Point, reason, noticeId)).Events
                    : [];
            }

            outcomes.Add(new CopyOutcome(mail.To, reason));
            contacts.AddRange(made);
            profile = made.Aggregate(profile, ContactProfile.Evolve);
        }

        return new SentCopies(contacts, outcomes);
    }

    /// <summary>Why nobody is to read it; null where somebody is.</summary>
    private static string? NoReader(Notice notice, ContactableCustomer customer, string address) =>
        !IsContact(customer, address) ? NoContact
        : notice.CopiesBefore.Any(copy => ContactProfile.Key(copy.To) == ContactProfile.Key(address)) ? SentBefore
        : null;

    /// <summary>Sends one; what the server has not taken in time counts as not taken.</summary>
    private async Task<MailFailure?> SendAsync(NoticeMail mail, MailAttachment? file, CancellationToken inTime)
    {
        try
        {
            inTime.ThrowIfCancellationRequested();
            return await mailer.SendAsync(NoticeSender.Outgoing(mail, file), inTime);
        }
        catch (OperationCanceledException) when (inTime.IsCancellationRequested)
        {
            return new MailFailure(NotInTime, IsOfServer: true);
        }
    }

    private static bool IsContact(ContactableCustomer customer, string address) =>
        customer.Contacts.Any(contact => ContactProfile.Key(contact.Email) == ContactProfile.Key(address));
}
