using System.Net.Mail;
using Microsoft.Extensions.Options;

namespace OrderToCash.Documents;

/// <summary>Section <c>Smtp</c> of the configuration: the mail server that takes what goes out.</summary>
public sealed class SmtpOptions
{
    /// <summary>Its name or address.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port.</summary>
    public int Port { get; set; } = 25;

    /// <summary>The address mails come from and replies go to.</summary>
    public string From { get; set; } = "";

    /// <summary>Name to log in with; none: no log-in.</summary>
    public string? UserName { get; set; }

    /// <summary>Password to log in with.</summary>
    public string? Password { get; set; }

    /// <summary>STARTTLS.</summary>
    public bool EnableTls { get; set; }

    /// <summary>The part behind the @ of <see cref="From"/>; Message-IDs end in it.</summary>
    public string Domain => new MailAddress(From).Host;
}

/// <summary>A service that could not send would only find out when a mail is due; it says so at the start.</summary>
internal sealed class SmtpOptionsValidator : IValidateOptions<SmtpOptions>
{
    public ValidateOptionsResult Validate(string? name, SmtpOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Host))
            return ValidateOptionsResult.Fail("Set Smtp:Host, the mail server that takes what this service sends.");
        if (options.Port is < 1 or > 65535)
            return ValidateOptionsResult.Fail("Smtp:Port must be 1 to 65535.");
        return MailAddress.TryCreate(options.From, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Set Smtp:From, the address that mails come from and replies go to.");
    }
}
