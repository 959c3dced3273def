namespace OrderToCash.Collections.Contacts;

/// <summary>Rules that keep a contact from taking place; under a hold it is the hold's kind instead.</summary>
public static class ContactRule
{
    /// <summary>The contact does not want it.</summary>
    public const string OptedOut = "opted-out";

    /// <summary>The channel needs the contact's consent, and there is none.</summary>
    public const string ConsentMissing = "consent-missing";

    /// <summary>Mail to the address came back, or messages do not arrive there.</summary>
    public const string AddressFailed = "address-failed";

    /// <summary>It is too early, too late or the wrong day where the contact is.</summary>
    public const string QuietHours = "quiet-hours";

    /// <summary>Somebody was spoken to a few days ago.</summary>
    public const string Silence = "silence-after-conversation";

    /// <summary>There were enough attempts lately.</summary>
    public const string Cap = "contact-cap";
}
