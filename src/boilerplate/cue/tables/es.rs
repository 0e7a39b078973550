//! Spanish. Not measured: no labelled Spanish pages were at hand.

use super::Words;

pub(super) const SPANISH: Words = Words {
    language: "es",
    version: 1,
    measured: None,
    terminators: "\
        También te puede interesar *; También le puede interesar *; \
        También puede interesarte *; También te podría interesar *; \
        También podría interesarte *; Te puede interesar; Te podría interesar; \
        Te puede interesar también; Te recomendamos leer; Quizás te interese *; \
        Quizá te interese *; Quizás también te interese; También te puede gustar *; \
        Artículos relacionados; Artículo relacionado; Noticias relacionadas; \
        Noticia relacionada; Notas relacionadas; Nota relacionada; Entradas relacionadas; \
        Publicaciones relacionadas; Contenido relacionado; Contenidos relacionados; \
        Temas relacionados; Post relacionados; Posts relacionados; Artículos similares; \
        Artículos recientes; Artículos recomendados; Artículos populares; Artículos destacados; \
        Más artículos; Otros artículos; Otras noticias; Más noticias; \
        Más información relacionada; Más sobre este tema; Más leídas; Más leídos; \
        Las más leídas; Lo más leído; Lo más visto; Lo más comentado; Lo más popular; \
        Lo último en *; Últimas noticias; Últimas publicaciones; Últimas entradas; \
        Últimos artículos; Entradas recientes; Entradas populares; Recomendados para ti; \
        Recomendado para ti; Recomendaciones para ti; Noticias recomendadas; \
        Contenido patrocinado; Contenidos patrocinados; Navegación de entradas; \
        Navegación de la entrada; Entrada anterior *; Entrada siguiente *; Siguiente entrada *; \
        Artículo anterior *; Artículo siguiente *; Siguiente artículo *; Archivado en *; \
        Seguir leyendo *; Nuestros lectores también leyeron; Lecturas recomendadas",
    comments: "\
        Deja un comentario *; Deja una respuesta *; Dejar un comentario *; \
        Dejar una respuesta *; Deje un comentario *; Deja tu comentario *; Dejá tu comentario; \
        Escribe un comentario *; Escribe tu comentario *; Escriba un comentario; \
        Añadir un comentario; Añade un comentario; Añadir comentario; Agregar un comentario; \
        Agregar comentario; Publicar un comentario *; Publicar comentario; Enviar comentario; \
        Haz un comentario; Sé el primero en comentar *; # comentario; # comentarios; \
        # comentario en *; # comentarios en *; # respuestas; # respuestas a *; Comentarios #; \
        No hay comentarios *; Sin comentarios aún; Todos los comentarios; Ver comentarios; \
        Ver los comentarios; Ver todos los comentarios; Mostrar comentarios; \
        Cargar más comentarios; Comentarios recientes; Comentarios cerrados; \
        Los comentarios están cerrados *; Cancelar la respuesta; Cancelar respuesta; \
        Inicia sesión para comentar; Únete a la conversación",
    asides: "\
        Publicidad; Anuncio; Lee también *; Lea también *; Leer también *; Leé también *; \
        Lee más *; Leer más *; Lea más *; Lea además *; Ver también *; Vea también *; \
        Mira también *; Además lee *; Comentarios; Compartir; Comparte; Compartir en *; \
        Comparte en *; Comparte este artículo *; Comparte esta noticia *; \
        Compartir este artículo *; Compartir esta noticia *; Comparte esto; Compártelo; \
        Compártelo en *; Compartir vía *; Imprimir; Enviar por correo *; Copiar enlace; \
        Síguenos; Síguenos en *; Síganos en *; Seguinos en *; Suscríbete; \
        Suscríbete a nuestro boletín *; Suscríbete a nuestra newsletter *; \
        Suscríbete a nuestro canal *; Suscríbase a nuestro boletín *; Recibe nuestro boletín *; \
        Cargar más; Ver más; Mostrar más; Me gusta; Me gusta cargando; \
        Únete a nuestro canal de *",
    footers: "\
        Aviso legal *; Aviso de privacidad; Nota legal; Política de privacidad *; \
        Política de cookies *; Configuración de cookies; Configurar cookies; Gestionar cookies; \
        Preferencias de cookies; Protección de datos; Privacidad; Términos y condiciones *; \
        Términos de uso; Términos de servicio; Condiciones de uso; Condiciones de servicio; \
        Condiciones generales; Mapa del sitio; Mapa web; Accesibilidad; Contacto; Contáctanos; \
        Contáctenos; Quiénes somos; Sobre nosotros; Acerca de; Acerca de nosotros; \
        Acerca del autor *; Sobre el autor *; Sobre la autora *; Publicidad; Anúnciate; \
        Anúnciese; Trabaja con nosotros; Boletín; Boletines; Newsletter; Newsletters; RSS; \
        Volver arriba; Ir arriba; Subir; Etiquetas *; Categorías; Archivos; Archivo; \
        Hemeroteca; Buscar; Todos los derechos reservados *; Redes sociales; \
        Preguntas frecuentes; Ayuda; Atención al cliente; Suscripciones; \
        Tu dirección de correo electrónico no será publicada *; \
        Su dirección de correo electrónico no será publicada *; Inicio",
    menus: "\
        Inicio; Portada; Menú; Menú principal; Abrir menú; Cerrar menú; Cerrar; Navegación; \
        Navegación principal; Saltar al contenido; Ir al contenido; Ir al contenido principal; \
        Saltar al contenido principal; Pasar al contenido principal; Buscar; Buscar en; \
        Búsqueda; Buscador; Iniciar sesión; Inicia sesión; Acceder; Ingresar; Entrar; \
        Cerrar sesión; Registrarse; Regístrate; Registro; Crear cuenta; Mi cuenta; Carrito; \
        Mi carrito; Cesta; Contacto; Contáctanos; Quiénes somos; Sobre nosotros; Nosotros; \
        Acerca de; Boletín; Boletines; Newsletter; Newsletters; Suscríbete; Suscribirse; \
        Suscripción; Noticias; Secciones; Tienda; Ayuda; Volver; Estás aquí; Hemeroteca; \
        Aviso legal; Política de privacidad; En vivo; Podcasts; Servicios; Edición impresa",
    notices: "\
        Utilizamos cookies; Usamos cookies; Este sitio web utiliza cookies; \
        Este sitio utiliza cookies; Este sitio usa cookies; Este sitio web usa cookies; \
        Esta web utiliza cookies; Esta web usa cookies; Esta página web utiliza cookies; \
        Esta página utiliza cookies; Nuestra web utiliza cookies; Nosotros y nuestros socios; \
        Si continúa navegando; Si continúas navegando; Al continuar navegando; \
        Al hacer clic en aceptar; Al suscribirte aceptas; Al registrarte aceptas; \
        Tu dirección de correo electrónico no será publicada; \
        Su dirección de correo electrónico no será publicada; \
        Los campos obligatorios están marcados; Este sitio usa Akismet; \
        Este sitio utiliza Akismet; Suscríbete a nuestro boletín; \
        Suscríbete a nuestra newsletter; Guardar mi nombre correo electrónico; \
        Guarda mi nombre correo electrónico; Por favor activa JavaScript",
    headings: "\
        Videos relacionados; Vídeos relacionados; Galería de fotos; Galería de imágenes; \
        Fotogalería; Fuentes; Fuente; Referencias; Enlaces relacionados; Enlaces de interés; \
        Ver vídeo; Ver video; Más videos; Más vídeos",
    replies: "\
        Responder; Responder a *; Responder al comentario; Reportar; Denunciar; \
        Reportar comentario; Denunciar comentario; # respuesta; # respuestas; En respuesta a *; \
        Inicia sesión para responder",
    calendar: "\
        enero; febrero; marzo; abril; mayo; junio; julio; agosto; septiembre; setiembre; \
        octubre; noviembre; diciembre; ene; feb; mar; abr; may; jun; jul; ago; sep; sept; oct; \
        nov; dic; lunes; martes; miércoles; jueves; viernes; sábado; domingo; lun; mié; jue; \
        vie; sáb; dom",
    ages: "\
        hace; ayer; hoy; anteayer; ahora mismo",
    units: "\
        segundo; segundos; minuto; minutos; min; hora; horas; hs; día; días; semana; semanas; \
        mes; meses; año; años",
    fillers: "\
        de; del; el; a; a las; a la; la; las; un; una; publicado; publicado el; publicada; \
        actualizado; actualizado el; actualizada; por; h; hrs",
    counted: "\
        comentario; comentarios; respuesta; respuestas; vista; vistas; visitas; lecturas; \
        lectura; de lectura; compartidos; veces compartido; Me gusta; votos; seguidores",
};
