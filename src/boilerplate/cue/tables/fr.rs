//! French. Not measured: no labelled French pages were at hand.

use super::Words;

pub(super) const FRENCH: Words = Words {
    language: "fr",
    version: 1,
    measured: None,
    terminators: "\
        À lire aussi; À lire également; À lire ensuite; À découvrir aussi; À voir aussi; \
        À ne pas manquer; Lire aussi; Lire également; Lire la suite de l'article; \
        Vous aimerez aussi *; Vous aimerez peut-être *; Vous pourriez aussi aimer *; \
        Vous pourriez être intéressé par *; Vous pourriez également aimer *; \
        Ceci pourrait vous intéresser; Ceci peut vous intéresser; Ça pourrait vous intéresser; \
        Cela pourrait vous intéresser; Cet article vous a plu; Sur le même sujet; \
        Sur le même thème; Dans la même rubrique; Dans la même catégorie; Dans le même dossier; \
        Nos autres articles; Articles similaires; Articles liés; Articles connexes; \
        Articles associés; Articles récents; Articles populaires; Articles recommandés; \
        Articles les plus lus; Autres articles; Derniers articles; Dernières actualités; \
        Dernières actus; Dernières nouvelles; Dernières publications; Contenus sponsorisés; \
        Contenus associés; Contenu sponsorisé; Les plus lus; Les plus lues; Les plus consultés; \
        Les plus partagés; Les plus commentés; Le plus lu; Les + lus; Plus d'articles; \
        Plus d'actualités; Publications similaires; Publications récentes; \
        Recommandé pour vous; Recommandés pour vous; Nos recommandations; \
        La rédaction vous conseille; La rédaction vous recommande; Notre sélection d'articles; \
        Ailleurs sur le web; Navigation de l'article; Navigation des articles; \
        Article précédent *; Article suivant *; Voir tous les articles *; \
        Pour aller plus loin sur ce sujet; Sélection de la rédaction; \
        Les lecteurs ont aussi aimé",
    comments: "\
        Laisser un commentaire *; Laissez un commentaire *; Laissez une réponse *; \
        Laisser une réponse *; Ajouter un commentaire; Ajoutez un commentaire; \
        Ajouter votre commentaire; Écrire un commentaire; Publier un commentaire; \
        Poster un commentaire; Déposer un commentaire; Commenter cet article; \
        Réagir à cet article; Réagissez à cet article; Réagissez à l'article; \
        Soyez le premier à commenter *; Soyez le premier à réagir *; # commentaire; \
        # commentaires; # commentaire sur *; # commentaires sur *; # réponses; # réactions; \
        Commentaires #; Aucun commentaire *; Pas de commentaires; Tous les commentaires; \
        Voir les commentaires; Voir tous les commentaires; Lire les commentaires; \
        Afficher les commentaires; Derniers commentaires; Commentaires récents; \
        Les commentaires sont fermés *; Les commentaires sont clos; Annuler la réponse; \
        Connectez-vous pour commenter; Vos réactions; Vos commentaires; \
        Rejoindre la discussion",
    asides: "\
        Publicité; Lire aussi *; Lire également *; À lire aussi *; Lire la suite *; \
        Voir aussi *; En savoir plus; En savoir plus sur *; Commentaires; Partager; \
        Partager l'article; Partager cet article *; Partagez cet article *; Partager sur *; \
        Partagez sur *; Partager via *; Partager la page; Imprimer; Imprimer l'article; \
        Envoyer par e-mail; Envoyer par mail; Copier le lien; Suivez-nous; Suivez-nous sur *; \
        Suivre; S'abonner; S'abonner à la newsletter; Abonnez-vous à notre newsletter *; \
        Inscrivez-vous à notre newsletter *; Recevez notre newsletter *; Afficher plus; \
        Charger plus; Voir plus; J'aime; J'aime chargement; Réagir; Offrir cet article",
    footers: "\
        Mentions légales *; Informations légales; Politique de confidentialité *; \
        Politique des cookies; Politique de cookies; Gestion des cookies; Gérer les cookies; \
        Gérer mes cookies; Paramètres des cookies; Préférences cookies; Paramétrer les cookies; \
        Données personnelles; Protection des données; Charte de confidentialité; \
        Conditions d'utilisation; Conditions générales; Conditions générales d'utilisation; \
        Conditions générales de vente; CGU; CGV; Accessibilité *; Plan du site; Contact; \
        Contactez-nous; Nous contacter; Qui sommes-nous; À propos; À propos de nous; \
        À propos de l'auteur *; Publicité; Annonceurs; Régie publicitaire; Recrutement; \
        Carrières; Newsletter; Newsletters; Flux RSS; RSS; Retour en haut *; Haut de page; \
        Tags *; Étiquettes *; Mots-clés *; Catégories; Archives; Rechercher; \
        Tous droits réservés *; Droits de reproduction; Aide; Foire aux questions; FAQ; \
        Espace abonnés; Abonnement; Abonnements; Résilier mon abonnement; Nos réseaux sociaux; \
        Réseaux sociaux; Votre adresse e-mail ne sera pas publiée *; \
        Votre adresse de messagerie ne sera pas publiée *; Accueil; Nos partenaires",
    menus: "\
        Accueil; Menu; Menu principal; Ouvrir le menu; Fermer le menu; Fermer; Navigation; \
        Navigation principale; Aller au contenu; Aller au contenu principal; Passer au contenu; \
        Aller à la navigation; Aller à la recherche; Recherche; Rechercher; \
        Rechercher sur le site; Se connecter; Connexion; Connectez-vous; Se déconnecter; \
        Déconnexion; S'inscrire; Inscription; Créer un compte; Mon compte; Panier; Mon panier; \
        Contact; Contactez-nous; Nous contacter; À propos; Qui sommes-nous; Newsletter; \
        Newsletters; S'abonner; Abonnez-vous; Je m'abonne; Actualités; Actu; Rubriques; \
        Boutique; Aide; Retour; Vous êtes ici; Mentions légales; Plan du site; Nos services; \
        En direct; Podcasts",
    notices: "\
        Nous utilisons des cookies; Nous utilisons les cookies; Ce site utilise des cookies; \
        Ce site utilise les cookies; Notre site utilise des cookies; \
        Ce site web utilise des cookies; Nous et nos partenaires; \
        Avec votre accord nos partenaires; En poursuivant votre navigation; \
        En continuant à naviguer; En continuant votre navigation; En cliquant sur accepter; \
        En vous inscrivant vous acceptez; En vous abonnant vous acceptez; \
        Votre adresse e-mail ne sera pas publiée; \
        Votre adresse de messagerie ne sera pas publiée; \
        Votre adresse email ne sera pas publiée; Les champs obligatoires sont indiqués; \
        Ce site utilise Akismet; Inscrivez-vous à notre newsletter; \
        Abonnez-vous à notre newsletter; Recevez chaque matin notre; \
        Veuillez activer JavaScript; Enregistrer mon nom mon e-mail; \
        Conformément à la loi informatique et libertés",
    headings: "\
        Vidéos liées; Vidéos similaires; En vidéo; Galerie photos; Galerie d'images; Diaporama; \
        Sources; Source; Références; Liens utiles; Voir la vidéo; Autres vidéos",
    replies: "\
        Répondre; Répondre à *; Répondre au commentaire; Signaler; Signaler ce commentaire; \
        Signaler un abus; # réponse; # réponses; En réponse à *; Connectez-vous pour répondre",
    calendar: "\
        janvier; février; mars; avril; mai; juin; juillet; août; septembre; octobre; novembre; \
        décembre; janv; févr; avr; juil; sept; oct; nov; déc; lundi; mardi; mercredi; jeudi; \
        vendredi; samedi; dimanche; lun; mer; jeu; ven; sam; dim",
    ages: "\
        il y a; hier; aujourd'hui; avant-hier; à l'instant",
    units: "\
        seconde; secondes; minute; minutes; min; mn; heure; heures; h; jour; jours; j; semaine; \
        semaines; mois; an; ans; année; années",
    fillers: "\
        le; à; de; du; un; une; environ; publié; publié le; mis à jour; mis à jour le; \
        modifié le; posté; posté le; par",
    counted: "\
        commentaire; commentaires; réponse; réponses; réaction; réactions; vue; vues; partage; \
        partages; J'aime; lecture; lectures; de lecture; abonnés; votes",
};
